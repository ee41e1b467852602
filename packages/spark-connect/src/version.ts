import { createRequire } from 'node:module';

/** This package's version, as its package.json has it: the same path from `src` and from `dist`. */
export const VERSION: string = createRequire(import.meta.url)('../package.json').version;
