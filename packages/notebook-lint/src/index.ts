export type { Finding, Severity } from './finding.ts';
export { type LintOptions, type LintResult, lintNotebook } from './lint.ts';
export type { Cell, Format, Kernel } from './notebook/notebook.ts';
export { NotebookError } from './notebook/notebook.ts';
export { isNotebookScript } from './notebook/read.ts';
export { RULES } from './rules/index.ts';
export type { Rule } from './rules/rule.ts';
