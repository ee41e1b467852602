import { addColumns, commit, createTable, openPartWriter, type StructType } from '@throughline/delta';
import { type Cell, columnBatch } from './batch.ts';
import type { Lake } from './lake.ts';
import { lakePath } from './lake-path.ts';

export interface AppendTo {
  /** Name of the table, and of its folder in the lake. */
  table: string;
  schema: StructType;
  /** Milliseconds since 1970 UTC. */
  clock: () => number;
}

/** Appends rows to a small table of the lake with one commit, making the table where it is not there, and columns that it has not got yet. Cells in the order of the schema. */
export async function appendRows(
  lake: Lake,
  rows: readonly (readonly Cell[])[],
  { table, schema, clock }: AppendTo,
): Promise<void> {
  if (rows.length === 0) return;
  const found = await createTable(lakePath(lake.root, table), { schema, name: table });
  const snapshot = await addColumns(found, schema.fields, { clock });
  const writer = await openPartWriter({
    root: snapshot.root,
    schema,
    partitionColumns: [],
    partition: {},
  });
  await writer.append(columnBatch(schema, [], rows));
  const add = await writer.close();
  await commit(snapshot, { operation: 'WRITE', operationParameters: { mode: 'Append' }, add }, { clock });
}
