/** One value of a row in JavaScript; see the table in the README for each Delta type. */
export type ColumnValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | Float32Array
  | null
  | readonly ColumnValue[]
  | { readonly [key: string]: ColumnValue };

/** The values of one column: an array with one value a row, or a typed array. */
export type ColumnValues =
  | readonly ColumnValue[]
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/**
 * Rows, column by column. A timestamp is a bigint of microseconds since the epoch, a date a number of days
 * since the epoch, a decimal its exact text. `array<float>` of one width is one Float32Array of rows * width;
 * where widths differ or a row is null it is an array of Float32Array or null.
 */
export interface ColumnBatch {
  rows: number;
  columns: Record<string, ColumnValues>;
}
