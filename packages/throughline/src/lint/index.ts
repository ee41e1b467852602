export { findNotebooks } from './find-notebooks.ts';
export { type LintedFiles, lintFiles } from './lint-files.ts';
