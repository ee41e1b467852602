import assert from 'node:assert/strict';
import test from 'node:test';
import { openSession } from '../engine/local/session.ts';
import { nearestTo } from './nearest.ts';
import { results } from './testing/results.ts';

const DIMENSION = 8;

test('the nearest are those of a sort by cosine, each row without itself', async () => {
  const vectors = results(500).map(({ embedding }) => unit(embedding!));
  await using session = await openSession();
  const tuples = vectors.map((vector, i) => `(${i}, CAST(${i} AS UBIGINT), CAST([${vector}] AS FLOAT[]))`);
  await session.query(
    `CREATE TABLE all_rows AS SELECT * FROM (VALUES ${tuples.join(', ')}) AS t(pair, place, vector)`,
  );
  const queries = '(SELECT * FROM all_rows WHERE pair < 20)';
  const nearest = await nearestTo(session, queries, '(SELECT * FROM all_rows)', DIMENSION, 10);
  assert.equal(nearest.size, 20);
  for (const [pair, found] of nearest) {
    const cosines = vectors.map((vector, other) => ({ other, cosine: dot(vectors[pair]!, vector) }));
    const expected = cosines.filter(({ other }) => other !== pair).sort((x, y) => y.cosine - x.cosine);
    assert.deepEqual(
      found.map((one) => one.pair),
      expected.slice(0, 10).map(({ other }) => other),
    );
    assert.ok(Math.abs(found[0]!.cosine - expected[0]!.cosine) < 1e-6);
  }
});

test('a side of few rows gives all others', async () => {
  await using session = await openSession();
  await session.query(`CREATE TABLE few AS SELECT * FROM (VALUES (1, CAST(1 AS UBIGINT), CAST([1, 0] AS FLOAT[])),
    (2, 2, [0, 1]), (3, 3, [0.6, 0.8])) AS t(pair, place, vector)`);
  const nearest = await nearestTo(session, '(SELECT * FROM few)', '(SELECT * FROM few)', 2, 10);
  assert.deepEqual(
    nearest.get(1)!.map(({ pair }) => pair),
    [3, 2],
  );
});

function unit(vector: readonly number[]): number[] {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => Math.fround(value / length));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
