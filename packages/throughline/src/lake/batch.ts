/** Rows into the columns that packages/delta writes. */
import type { ColumnBatch, StructType } from '@throughline/delta';
import type { Value } from '../source/typed.ts';

/** Cells in the order of the schema's fields, partition columns left out. */
export function columnBatch(
  schema: StructType,
  partitionColumns: readonly string[],
  rows: readonly Value[][],
): ColumnBatch {
  const names = schema.fields.map((field) => field.name).filter((name) => !partitionColumns.includes(name));
  const columns: ColumnBatch['columns'] = {};
  for (const [i, name] of names.entries()) columns[name] = rows.map((row) => row[i] ?? null);
  return { rows: rows.length, columns };
}
