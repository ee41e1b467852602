/** Builds one index version, in a process of its own: its memory and its crashes stay here. Started by `refresh.ts`. */
import { join } from 'node:path';
import { type ColumnBatch, openTable, scan } from '@throughline/delta';
import { asThroughlineError, type ExitCode } from '../error.ts';
import type { Attribute } from '../source/mapping.ts';
import type { Value } from '../source/typed.ts';
import { attributeField, createCollection, FIELDS, fieldValue } from './collection.ts';
import { writeColumns } from './write-columns.ts';

export interface BuildRequest {
  passagesRoot: string;
  passagesVersion: number;
  /** Folder that is there and empty. */
  target: string;
  dimension: number;
  attributes: readonly Attribute[];
}

export type BuildAnswer =
  | { type: 'progress'; passages: number }
  | { type: 'done'; passages: number }
  | { type: 'failed'; message: string; code: string; exitCode: ExitCode; hint: string | undefined };

/** Zvec takes so many documents in one write. */
const WRITE_LIMIT = 1024;

process.once('message', (request: BuildRequest) => {
  build(request).then(
    (passages) => answer({ type: 'done', passages }),
    (error) => {
      const { message, code, exitCode, hint } = asThroughlineError(error);
      answer({ type: 'failed', message, code, exitCode, hint });
    },
  );
});

/** The parent may be gone: then nobody wants the index. */
process.once('disconnect', leave);

function leave(): void {
  process.exit(1);
}

function answer(message: BuildAnswer): void {
  process.send!(message);
  if (message.type === 'progress') return;
  process.off('disconnect', leave);
  process.disconnect();
}

async function build({
  passagesRoot,
  passagesVersion,
  target,
  dimension,
  attributes,
}: BuildRequest): Promise<number> {
  const snapshot = await openTable(passagesRoot, { version: passagesVersion });
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
  for await (const batch of scan(snapshot, { columns, batchRows: WRITE_LIMIT })) {
    for (const docs of documents(batch, dimension, attributes)) {
      const bad = collection.insertSync(docs).find((status) => !status.ok);
      if (bad) throw new Error(`the search engine refused a passage: ${bad.message}`);
    }
    passages += batch.rows;
    answer({ type: 'progress', passages });
  }
  collection.optimizeSync();
  collection.closeSync();
  await writeColumns(snapshot, folder, attributes);
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
