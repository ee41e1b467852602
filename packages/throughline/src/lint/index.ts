export { findNotebooks } from './find-notebooks.ts';
export { type LintedFiles, lintFiles, type UnreadNotebook } from './lint-files.ts';
