/** Builds one index version, in a process of its own: its memory and its crashes stay here. Started by `make-index.ts`. */
import { join } from 'node:path';
import { type AddFile, type ColumnBatch, openTable, type Snapshot, scan } from '@throughline/delta';
import type { Attribute } from '../source/mapping.ts';
import type { Value } from '../source/typed.ts';
import { collectionsFor, type IndexedPassage, type Kept, type StoreSetting } from './collections.ts';
import { answerOnce } from './index-process.ts';
import { writeColumns } from './write-columns.ts';

export interface BuildRequest {
  passagesRoot: string;
  passagesVersion: number;
  store: StoreSetting;
  version: string;
  /** The lake's id, and where it is. */
  pipeline: string;
  root: string;
  /** Folder that is there and empty. */
  target: string;
  dimension: number;
  attributes: readonly Attribute[];
  /** Only these; all unless told. */
  chunks?: readonly string[];
}

export interface Built {
  passages: number;
  kept: Kept;
}

/** Passages in memory at once. */
const BATCH = 1_024;

answerOnce(build);

async function build(request: BuildRequest, progress: (passages: number) => void): Promise<Built> {
  const { passagesRoot, passagesVersion, target, chunks, attributes } = request;
  const snapshot = await openTable(passagesRoot, { version: passagesVersion });
  const wanted = chunks && new Set(chunks);
  const files = (await snapshot.files()).filter(
    ({ partitionValues }) => !wanted || wanted.has(partitionValues._chunk!),
  );
  const folder = join(target, 'collection');
  let passages = 0;
  const collections = await collectionsFor(request.store);
  const counted = async function* () {
    for await (const batch of passagesOf(snapshot, files, request)) {
      yield batch;
      passages += batch.length;
      progress(passages);
    }
  };
  const kept = await collections.write({ ...request, folder }, counted());
  await writeColumns(snapshot, folder, attributes, files);
  return { passages, kept };
}

async function* passagesOf(
  snapshot: Snapshot,
  files: readonly AddFile[],
  { dimension, attributes }: BuildRequest,
): AsyncGenerator<IndexedPassage[]> {
  const columns = [
    ...['_chunk', '_passage', '_id', '_ordinal', '_text', '_embedding', '_at'],
    ...attributes.map(({ name }) => name),
  ];
  for await (const batch of scan(snapshot, { files, columns, batchRows: BATCH }))
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
