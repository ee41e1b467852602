import type { Row } from '../plain.ts';

/** Another implementation of Delta Lake, as the tests of both directions need it. Conditions are in its SQL. */
export interface Counterpart {
  name: string;
  /** For `test`: the reason why it is not there, or false. */
  skip: string | false;
  /** The rows of the newest version, of all columns. */
  read(root: string): Promise<Row[]>;
  /** The ids of the rows that a query with each condition finds, files skipped as it sees fit. */
  find(root: string, conditions: readonly string[]): Promise<string[][]>;
  /** Those for which each condition is true where it is reckoned row by row, so that no file can be skipped. */
  judge(root: string, conditions: readonly string[]): Promise<string[][]>;
  /** Values of partitions that it fails to write, by the column's type; it reads them. */
  unwritable?: Record<string, readonly string[]>;
  /** Creates a table with the rows that it reads from another. */
  copy(from: string, to: string, partitionBy?: readonly string[]): Promise<void>;
  /** Appends the rows that it reads from another table. */
  append(from: string, to: string): Promise<void>;
  /** Deletes rows by rewriting their files. */
  remove(root: string, where: string): Promise<void>;
}
