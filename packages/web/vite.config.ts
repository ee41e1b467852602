import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
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

/** Smaller ones gain nothing by it. */
const LEAST_COMPRESSED = 1_000;

/** Beside each text of some length its compressed forms, so that the server spends no time on them. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  async writeBundle({ dir }, bundle) {
    for (const name of Object.keys(bundle).filter((one) => /^assets\/.+\.(js|css)$/.test(one))) {
      const path = join(dir!, name);
      const text = await readFile(path);
      if (text.length < LEAST_COMPRESSED) continue;
      await writeFile(`${path}.gz`, await promisify(gzip)(text, { level: 9 }));
      await writeFile(`${path}.br`, await promisify(brotliCompress)(text));
    }
  },
};

export default defineConfig({
  plugins: [react(), fontLicence, compressed],
  build: {
    assetsInlineLimit: 0,
    license: { fileName: 'licenses.md' },
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: { proxy: { '/v1': SERVER } },
});
