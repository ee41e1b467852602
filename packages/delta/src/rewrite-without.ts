import type { DuckDBConnection } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import type { ColumnBatch, ColumnValues } from './column-batch.ts';
import { openPartWriter } from './part-writer.ts';
import { scan } from './scan.ts';
import type { Snapshot } from './snapshot.ts';

/** The tag of a file whose rows were in the table before: only those that a change left where they were. */
const KEPT_ROWS = { 'throughline.rows': 'kept' };

export interface Without {
  column: string;
  values: ReadonlySet<string>;
}

/** Where rows are read and written: opening them costs as much as a small file. */
export interface Connections {
  reading: DuckDBConnection;
  writing: DuckDBConnection;
}

/**
 * Writes the rows of a file anew, in their order, without those that have one of these values in a column. The new file
 * is in the same partition and carries the tag KEPT_ROWS. Memory is bounded as that of a scan and of a part writer.
 */
export async function rewriteWithout(
  snapshot: Snapshot,
  file: AddFile,
  { column, values }: Without,
  { reading, writing }: Connections,
): Promise<AddFile[]> {
  const { schema, partitionColumns } = snapshot.metadata;
  const columns = schema.fields.map(({ name }) => name).filter((name) => !partitionColumns.includes(name));
  const target = { root: snapshot.root, schema, partitionColumns, partition: file.partitionValues };
  const writer = await openPartWriter({
    ...target,
    fileBytes: Number.POSITIVE_INFINITY,
    connection: writing,
  });
  try {
    for await (const batch of scan(snapshot, { files: [file], columns, connection: reading })) {
      const kept = withoutRows(batch, column, values);
      if (kept.rows > 0) await writer.append(kept);
    }
    return (await writer.close()).map((add) => ({ ...add, tags: KEPT_ROWS }));
  } finally {
    await writer.abort();
  }
}

function withoutRows(batch: ColumnBatch, column: string, values: ReadonlySet<string>): ColumnBatch {
  const keys = batch.columns[column] as readonly (string | null)[];
  const kept = [...keys.keys()].filter((row) => !values.has(keys[row]!));
  if (kept.length === batch.rows) return batch;
  const columns = Object.entries(batch.columns).map(([name, all]): [string, ColumnValues] => [
    name,
    rowsAt(all, kept, batch.rows),
  ]);
  return { rows: kept.length, columns: Object.fromEntries(columns) };
}

/** In a Float32Array a row can be a list: so many numbers that all rows are of one width. */
function rowsAt(values: ColumnValues, rows: readonly number[], of: number): ColumnValues {
  if (!(values instanceof Float32Array)) return rows.map((row) => values[row]!);
  const width = values.length / of;
  const picked = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) {
    picked.set(values.subarray(row * width, (row + 1) * width), index * width);
  }
  return picked;
}
