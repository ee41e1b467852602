/** A notebook as the rules see it, whatever file it came from. */
export interface Notebook {
  readonly format: Format;
  readonly kernel: Kernel;
  readonly cells: readonly Cell[];
  /** What a person should know about how it was read, in sentences. */
  readonly notes: readonly string[];
}

export type Format = 'nbformat4' | 'nbformat3' | 'databricks' | 'percent' | 'script';

export interface Kernel {
  /** Lower case: `python`, `r`, `julia`. */
  readonly language: string;
  /** As the notebook names it; empty where it does not. */
  readonly name: string;
}

export interface Cell {
  /** Among all cells, from 0. */
  readonly index: number;
  readonly kind: 'code' | 'markdown' | 'raw';
  readonly source: string;
  /** null: not run in the saved state; undefined: the format keeps no such thing. */
  readonly executionCount: number | null | undefined;
  readonly outputs: Outputs | undefined;
  /** Line of the file, from 1, on which the cell's first line stands: only for formats that are Python files. */
  readonly firstLine: number | undefined;
  /** Line of the file, from 1, of each line of the cell; undefined where a line of the file holds several. */
  readonly fileLines?: readonly number[];
}

/** What the saved outputs of a cell prove. */
export interface Outputs {
  readonly count: number;
  /** The value of the last expression was shown. */
  readonly result: boolean;
  readonly error: boolean;
}

/** A notebook that cannot be read: what is wrong, and where in the file. */
export class NotebookError extends Error {
  override readonly name = 'NotebookError';
  readonly code = 'notebook_unreadable';
}
