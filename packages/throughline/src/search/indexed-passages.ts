import type { DuckDBConnection } from '@duckdb/node-api';
import { type AddFile, type ColumnBatch, type Snapshot, scan } from '@throughline/delta';
import type { Attribute } from '../source/mapping.ts';
import type { Value } from '../source/typed.ts';
import type { IndexedPassage } from './collections.ts';

export interface PassagesOptions {
  dimension: number;
  attributes: readonly Attribute[];
  /** Where to work; a database of its own unless given. It must not be used until the end. */
  connection?: DuckDBConnection;
}

/** Passages in memory at once. */
const BATCH = 1_024;

/** Rows of some files of the passages table, as an index takes them: in the order of the files and of their rows. */
export async function* indexedPassages(
  snapshot: Snapshot,
  files: readonly AddFile[],
  { dimension, attributes, connection }: PassagesOptions,
): AsyncGenerator<IndexedPassage[]> {
  const columns = [
    ...['_chunk', '_passage', '_id', '_ordinal', '_text', '_embedding', '_at'],
    ...attributes.map(({ name }) => name),
  ];
  for await (const batch of scan(snapshot, {
    files,
    columns,
    batchRows: BATCH,
    ...(connection && { connection }),
  }))
    yield Array.from({ length: batch.rows }, (_, i) => passageAt(batch, i, dimension, attributes));
}

function passageAt(
  { columns }: ColumnBatch,
  i: number,
  dimension: number,
  attributes: readonly Attribute[],
): IndexedPassage {
  const cell = (name: string) => (columns[name] as ArrayLike<Value>)[i] ?? null;
  return {
    passage: String(cell('_passage')),
    record: String(cell('_id')),
    chunk: String(cell('_chunk')),
    ordinal: Number(cell('_ordinal')),
    text: String(cell('_text')),
    at: cell('_at') as bigint | null,
    attributes: attributes.map(({ name }) => cell(name)),
    vector: (columns._embedding as Float32Array).subarray(i * dimension, (i + 1) * dimension),
  };
}
