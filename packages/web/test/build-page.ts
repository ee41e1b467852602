/** Builds the page as `npm run build:web` does, so that tests show what the sources say. */
import { join } from 'node:path';
import { build } from 'vite';

await build({ root: join(import.meta.dirname, '..'), logLevel: 'error' });
