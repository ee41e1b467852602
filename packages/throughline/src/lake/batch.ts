/** Rows into the columns that packages/delta writes. */
import type { ColumnBatch, StructType } from '@throughline/delta';
import type { Value } from '../source/typed.ts';

/** A value, or a list of texts. */
export type Cell = Value | readonly string[];

/** Cells in the order of the schema's fields, partition columns left out. */
export function columnBatch(
  schema: StructType,
  partitionColumns: readonly string[],
  rows: readonly (readonly Cell[])[],
): ColumnBatch {
  const names = schema.fields.map((field) => field.name).filter((name) => !partitionColumns.includes(name));
  const columns: ColumnBatch['columns'] = {};
  for (const [i, name] of names.entries()) columns[name] = rows.map((row) => row[i] ?? null);
  return { rows: rows.length, columns };
}
