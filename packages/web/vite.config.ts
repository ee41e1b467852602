import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** `npm run dev` shows the page as it is edited, on the data of a server that runs beside it. */
const SERVER = process.env.THROUGHLINE_SERVER ?? 'http://127.0.0.1:8080';

/** The licence of the typeface goes with its files; those of the libraries are in `licenses.md`. */
const fontLicence: Plugin = {
  name: 'font-licence',
  generateBundle() {
    const licence = new URL(import.meta.resolve('@fontsource-variable/inter/LICENSE'));
    this.emitFile({ type: 'asset', fileName: 'assets/inter-licence.txt', source: readFileSync(licence) });
  },
};

export default defineConfig({
  plugins: [react(), fontLicence],
  build: {
    assetsInlineLimit: 0,
    license: { fileName: 'licenses.md' },
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: { proxy: { '/v1': SERVER } },
});
