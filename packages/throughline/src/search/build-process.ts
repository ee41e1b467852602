/** Builds one index version, in a process of its own: its memory and its crashes stay here. Started by `make-index.ts`. */
import { join } from 'node:path';
import { type ColumnBatch, openTable, scan } from '@throughline/delta';
import type { Attribute } from '../source/mapping.ts';
import type { Value } from '../source/typed.ts';
import { attributeField, createCollection, FIELDS, fieldValue } from './collection.ts';
import { answerOnce } from './index-process.ts';
import { writeColumns } from './write-columns.ts';

export interface BuildRequest {
  passagesRoot: string;
  passagesVersion: number;
  /** Folder that is there and empty. */
  target: string;
  dimension: number;
  attributes: readonly Attribute[];
  /** Only these; all unless told. */
  chunks?: readonly string[];
}

/** Zvec takes so many documents in one write. */
const WRITE_LIMIT = 1024;

answerOnce(build);

async function build(
  { passagesRoot, passagesVersion, target, dimension, attributes, chunks }: BuildRequest,
  progress: (passages: number) => void,
): Promise<number> {
  const snapshot = await openTable(passagesRoot, { version: passagesVersion });
  const wanted = chunks && new Set(chunks);
  const files = (await snapshot.files()).filter(
    ({ partitionValues }) => !wanted || wanted.has(partitionValues._chunk!),
  );
  const folder = join(target, 'collection');
  const collection = createCollection(folder, dimension, attributes);
  let passages = 0;
  const columns = [
    '_chunk',
    '_passage',
    '_id',
    '_ordinal',
    '_text',
    '_embedding',
    '_at',
    ...attributes.map(({ name }) => name),
  ];
  for await (const batch of scan(snapshot, { files, columns, batchRows: WRITE_LIMIT })) {
    for (const docs of documents(batch, dimension, attributes)) {
      const bad = collection.insertSync(docs).find((status) => !status.ok);
      if (bad) throw new Error(`the search engine refused a passage: ${bad.message}`);
    }
    passages += batch.rows;
    progress(passages);
  }
  collection.optimizeSync();
  collection.closeSync();
  await writeColumns(snapshot, folder, attributes, files);
  return passages;
}

function* documents(batch: ColumnBatch, dimension: number, attributes: readonly Attribute[]) {
  const { columns, rows } = batch;
  const cell = (name: string, i: number) => (columns[name] as ArrayLike<Value>)[i] ?? null;
  const vectors = columns._embedding as Float32Array;
  const document = (i: number) => {
    const fields: Record<string, unknown> = {
      [FIELDS.text]: String(cell('_text', i)).replaceAll('\0', ' '),
      [FIELDS.record]: cell('_id', i),
      [FIELDS.chunk]: cell('_chunk', i),
      [FIELDS.ordinal]: Number(cell('_ordinal', i)),
    };
    const optional: [string, Value][] = attributes.map(({ name }) => [attributeField(name), cell(name, i)]);
    for (const [name, value] of [...optional, [FIELDS.at, cell('_at', i)] as const]) {
      const held = fieldValue(value);
      if (held !== null) fields[name] = held;
    }
    return {
      id: String(cell('_passage', i)),
      vectors: { [FIELDS.vector]: vectors.subarray(i * dimension, (i + 1) * dimension) },
      fields,
    };
  };
  for (let start = 0; start < rows; start += WRITE_LIMIT) {
    yield Array.from({ length: Math.min(WRITE_LIMIT, rows - start) }, (_, i) => document(start + i));
  }
}
