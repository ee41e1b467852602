export type Severity = 'error' | 'warning' | 'info';

/** What a rule says about a place of a notebook. */
export interface Finding {
  readonly file: string;
  readonly rule: string;
  /** Among all cells, from 0. */
  readonly cell: number;
  /** Lines and columns of the cell from 1; `endColumn` is the first column after the end. */
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
  readonly severity: Severity;
  /** What is wrong here. */
  readonly message: string;
  /** Why that breaks in production. */
  readonly why: string;
  /** What to do, in Throughline's terms where it does it. */
  readonly fix: string;
}
