/** Mapped rows as the columns of the tables. */
import type { ColumnBatch } from '@throughline/delta';
import { columnBatch } from '../../lake/batch.ts';
import { deadLettersSchema, passagesSchema, recordsSchema } from '../../lake/schemas.ts';
import type { DeadLetter, PassageRow, RecordRow } from '../../mapper/rows.ts';
import type { Attribute } from '../../source/mapping.ts';

const PARTITION = ['_chunk'];

export interface Live {
  record: RecordRow;
  passages: PassageRow[];
}

export function recordBatch(rows: readonly Live[], attributes: readonly Attribute[]): ColumnBatch {
  const cells = rows.map(({ record: { id, text, at, hash, attributes: values } }) => [
    id,
    text,
    at,
    hash,
    ...values,
  ]);
  return columnBatch(recordsSchema(attributes), PARTITION, cells);
}

/** `vectors` has every passage's hash. */
export function passageBatch(
  rows: readonly Live[],
  attributes: readonly Attribute[],
  vectors: ReadonlyMap<string, Float32Array>,
): ColumnBatch {
  const pairs = rows.flatMap(({ record, passages }) => passages.map((passage) => ({ record, passage })));
  const cells = pairs.map(({ record, passage: { passage, id, ordinal, start, end, text, tokens, hash } }) => [
    ...[passage, id, ordinal, start, end, text, tokens, hash],
    null,
    record.at,
    ...record.attributes,
  ]);
  const batch = columnBatch(passagesSchema(attributes), PARTITION, cells);
  const dimension = vectors.get(pairs[0]!.passage.hash)!.length;
  const flat = new Float32Array(pairs.length * dimension);
  for (const [i, { passage }] of pairs.entries()) flat.set(vectors.get(passage.hash)!, i * dimension);
  batch.columns._embedding = flat;
  return batch;
}

export function deadLetterBatch(
  rows: readonly DeadLetter[],
  { attempt, run, seen }: { attempt: number; run: string; seen: number },
): ColumnBatch {
  const cells = rows.map(({ step, id, code, message, payload }) => [
    ...[step, id, code, message, payload],
    BigInt(attempt),
    run,
    BigInt(seen) * 1000n,
  ]);
  return columnBatch(deadLettersSchema, PARTITION, cells);
}
