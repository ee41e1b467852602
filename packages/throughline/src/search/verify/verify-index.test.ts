import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { array, commit, createTable, field, type Snapshot, struct, writeParquet } from '@throughline/delta';
import { faultsOf, type VerifiedIndex, verifyIndex } from './verify-index.ts';

const DIMENSION = 8;
const ROWS = 600;
const MAPPING = {
  ...{ id: 'id', text: ['text'], timestamp: undefined },
  attributes: [{ name: 'product', column: 'product', type: 'string' as const }],
};
const EFFECTS = { signal: new AbortController().signal, now: () => 0 };

/** Vectors of length 1 whose numbers are those of a hash of the row. */
function vectorOf(row: number): Float32Array {
  const raw = Float32Array.from({ length: DIMENSION }, (_, i) => Math.sin(row * 12.9898 + i * 78.233) * 3.1);
  const norm = Math.hypot(...raw);
  return raw.map((value) => value / norm);
}

const productOf = (row: number) => (row % 20 === 0 ? 'rare' : 'common');
const nameOf = (row: number) => String((row * 7919) % ROWS).padStart(4, '0');

async function passages(t: TestContext): Promise<Snapshot> {
  const root = await mkdtemp(join(tmpdir(), 'throughline-verify-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const schema = struct([
    field('_passage', 'string'),
    field('_id', 'string'),
    field('product', 'string'),
    field('_embedding', array('float')),
  ]);
  const created = await createTable(root, { schema, partitionColumns: [] });
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const columns = {
    _passage: rows.map(nameOf),
    _id: rows.map((row) => `r${row}`),
    product: rows.map(productOf),
    _embedding: Float32Array.from(rows.flatMap((row) => [...vectorOf(row)])),
  };
  const add = await writeParquet({ root, schema, partitionColumns: [], partition: {} }, [
    { rows: ROWS, columns },
  ]);
  return (await commit(created, { operation: 'WRITE', add })).snapshot;
}

/** An index that leaves out what `loses` says. */
function indexOf(loses: (row: number, filter: string | undefined) => boolean): VerifiedIndex {
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  return {
    ...{ passages: ROWS, mapping: MAPPING },
    nearest: async (vector, { limit, filter }) =>
      rows
        .filter((row) => !loses(row, filter))
        .filter((row) => !filter?.startsWith('product') || filter.includes(productOf(row)))
        .map((row) => ({
          passage: nameOf(row),
          score: vectorOf(row).reduce((sum, v, i) => sum + v * vector[i]!, 0),
        }))
        .sort((a, b) => b.score - a.score)
        .slice(0, limit),
  };
}

test('an index that finds all has no faults', async (t) => {
  const report = await verifyIndex(
    indexOf(() => false),
    await passages(t),
    EFFECTS,
  );
  assert.deepEqual(report.passages, { table: ROWS, index: ROWS });
  assert.deepEqual(
    report.cases.map((one) => [one.filter, one.selectivity, one['recall@10'], one['recall@100']]),
    [
      [null, 1, 1, 1],
      ['product == "common"', 0.95, 1, 1],
      ['product == "rare"', 0.05, 1, 1],
      ['id == "r0"', 1 / ROWS, 1, 1],
    ],
  );
  assert.deepEqual(faultsOf(report, 0.99), []);
});

test('what an index loses is seen, also under one filter alone', async (t) => {
  const table = await passages(t);
  const half = await verifyIndex(
    indexOf((row, filter) => row % 2 === 0 && filter === undefined),
    table,
    EFFECTS,
  );
  assert.ok(half.cases[0]!['recall@100'] > 0.3 && half.cases[0]!['recall@100'] < 0.7);
  assert.match(faultsOf(half, 0.95).join(), /^recall 0\.\d+ without a filter is below 0\.95/);
  const rare = await verifyIndex(
    indexOf((row, filter) => filter?.includes('rare') === true && row % 3 === 0),
    table,
    EFFECTS,
  );
  assert.match(faultsOf(rare, 0.95).join(), /^recall 0\.\d+ under the filter product == "rare"/);
});

test('passages that are missing, and scores that are not those of the vectors, are faults', async (t) => {
  const table = await passages(t);
  const short = await verifyIndex({ ...indexOf(() => false), passages: ROWS - 1 }, table, EFFECTS);
  assert.deepEqual(faultsOf(short, 0.95), [`the index holds ${ROWS - 1} passages, the table ${ROWS}`]);
  const { nearest } = indexOf(() => false);
  const stale: VerifiedIndex = {
    ...indexOf(() => false),
    nearest: async (...asked) => (await nearest(...asked)).map((one) => ({ ...one, score: one.score - 0.1 })),
  };
  assert.equal((await verifyIndex(stale, table, EFFECTS)).cases[0]!['recall@10'], 0);
});
