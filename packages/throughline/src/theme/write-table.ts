/** A table that is written once, as a whole. */
import {
  type AddFile,
  type ColumnBatch,
  commit,
  createTable,
  openPartWriter,
  type Snapshot,
  type StructType,
} from '@throughline/delta';
import { columnBatch } from '../lake/batch.ts';
import type { Value } from '../source/typed.ts';

export type Cell = Value | string[] | Float32Array;

export async function writeTable(
  root: string,
  schema: StructType,
  name: string,
  rows: readonly Cell[][],
  clock: () => number,
): Promise<void> {
  const batches = async function* () {
    if (rows.length > 0) yield columnBatch(schema, [], rows as Value[][]);
  };
  await streamTable(root, schema, name, batches(), clock);
}

/** Throws ConcurrentModificationError where another process has written the table meanwhile. */
export async function streamTable(
  root: string,
  schema: StructType,
  name: string,
  batches: AsyncIterable<ColumnBatch>,
  clock: () => number,
): Promise<void> {
  const snapshot = await createTable(root, { schema, name });
  const writer = await openPartWriter({ root, schema, partitionColumns: [], partition: {} });
  try {
    for await (const batch of batches) await writer.append(batch);
    await overwrite(snapshot, await writer.close(), clock);
  } finally {
    await writer.abort();
  }
}

async function overwrite(snapshot: Snapshot, add: AddFile[], clock: () => number): Promise<void> {
  const operationParameters = { mode: 'Overwrite' };
  await commit(snapshot, { operation: 'WRITE', operationParameters, add, replace: 'all' }, { clock });
}
