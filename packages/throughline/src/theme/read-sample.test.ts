import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { array, commit, createTable, field, openPartWriter, openTable, struct } from '@throughline/delta';
import { columnBatch } from '../lake/batch.ts';
import type { Value } from '../source/typed.ts';
import { readSample } from './read-sample.ts';

interface Passage {
  hash: string;
  id: string;
  /** Microseconds since 1970 UTC. */
  at?: bigint;
}

const SCHEMA = struct([
  field('_hash', 'string'),
  field('_passage', 'string'),
  field('_text', 'string'),
  field('_at', 'timestamp'),
  field('_embedding', array('float')),
]);

const numberOf = ({ hash }: Passage) => Number(hash.slice(1));

/** A table whose texts and vectors follow from the hash. */
async function tableOf(t: TestContext, passages: Passage[]) {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-sample-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const root = join(folder, 'passages');
  const snapshot = await createTable(root, { schema: SCHEMA, name: 'passages' });
  const writer = await openPartWriter({ root, schema: SCHEMA, partitionColumns: [], partition: {} });
  const rows = passages.map((one) => [
    one.hash,
    one.id,
    `text of ${one.hash}`,
    one.at ?? null,
    [numberOf(one), 0.5],
  ]);
  await writer.append(columnBatch(SCHEMA, [], rows as unknown as Value[][]));
  await commit(snapshot, { operation: 'WRITE', add: await writer.close() }, { clock: () => 0 });
  return openTable(root);
}

test('the sample has the smallest hashes in their order, each text once, by its first passage', async (t) => {
  const passages = Array.from({ length: 900 }, (_, i) => ({
    hash: `h${String((i * 7) % 300).padStart(4, '0')}`,
    id: `p${String((i * 11) % 900).padStart(4, '0')}`,
  }));
  const twice = passages.slice(0, 40);
  const { ids, texts, vectors, dimension } = await readSample(await tableOf(t, [...passages, ...twice]), {
    sample: 100,
  });
  const wanted = Map.groupBy(passages, ({ hash }) => hash);
  const hashes = [...wanted.keys()].sort().slice(0, 100);
  assert.deepEqual(
    ids,
    hashes.map(
      (hash) =>
        wanted
          .get(hash)!
          .map(({ id }) => id)
          .sort()[0],
    ),
  );
  assert.deepEqual(
    texts,
    hashes.map((hash) => `text of ${hash}`),
  );
  assert.equal(dimension, 2);
  assert.deepEqual(
    [...vectors],
    hashes.flatMap((hash) => [Number(hash.slice(1)), 0.5]),
  );
});

test('a sample larger than the table is all of its texts, a smaller one their beginning', async (t) => {
  const passages = ['h2', 'h1', 'h3'].map((hash) => ({ hash, id: `p${hash}` }));
  assert.deepEqual((await readSample(await tableOf(t, passages), { sample: 1_000 })).ids, [
    'ph1',
    'ph2',
    'ph3',
  ]);
  assert.deepEqual((await readSample(await tableOf(t, passages), { sample: 2 })).ids, ['ph1', 'ph2']);
});

test('an order that is asked for comes before that of the hashes, with whole numbers as numbers', async (t) => {
  const passages = ['10', '9', 'b', '100'].map((id, i) => ({ hash: `h${i}`, id }));
  const table = await tableOf(t, passages);
  const { ids } = await readSample(table, { sample: 10 }, () => true, [], ['_passage']);
  assert.deepEqual(ids, ['9', '10', '100', 'b']);
});

test('of periods as many texts each, the rest from those that have more; a text counts where it came first', async (t) => {
  const month = (i: number) => BigInt(Date.UTC(2024, i, 15)) * 1_000n;
  const of = (count: number, first: number, at: bigint | undefined): Passage[] =>
    Array.from({ length: count }, (_, i) => {
      const hash = `h${String(first + i).padStart(4, '0')}`;
      return { hash, id: `p${hash}`, ...(at !== undefined && { at }) };
    });
  const passages = [...of(100, 0, month(0)), ...of(10, 100, month(1)), ...of(2, 200, undefined)];
  const again = of(10, 0, month(1)).map((one) => ({ ...one, id: `q${one.hash}` }));
  const table = await tableOf(t, [...passages, ...again]);
  const { hashes } = await readSample(table, { sample: 20, stratify: 'month' });
  const named = (first: number, count: number) => of(count, first, undefined).map(({ hash }) => hash);
  assert.deepEqual(hashes, [...named(0, 9), ...named(100, 9), ...named(200, 2)]);
});
