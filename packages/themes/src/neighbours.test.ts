import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ThemesError } from './errors.ts';
import { nearestNeighbours } from './neighbours.ts';
import { random } from './random.ts';

const DIMENSION = 8;

/** Vectors on a coarse grid: dot products are exact in float32, and ties are common. */
const grid = fc
  .array(fc.array(fc.integer({ min: -2, max: 2 }), { minLength: DIMENSION, maxLength: DIMENSION }), {
    maxLength: 60,
  })
  .map((rows) => Float32Array.from(rows.flat()));

function cosine(vectors: Float32Array, i: number, j: number): number {
  let dot = 0;
  let a = 0;
  let b = 0;
  for (let d = 0; d < DIMENSION; d++) {
    const x = vectors[i * DIMENSION + d]!;
    const y = vectors[j * DIMENSION + d]!;
    dot += x * y;
    a += x * x;
    b += y * y;
  }
  return a && b ? dot / Math.sqrt(a * b) : 0;
}

test('neighbours are those of a brute-force search, without the vector itself', async () => {
  await fc.assert(
    fc.asyncProperty(grid, fc.integer({ min: 1, max: 30 }), async (vectors, k) => {
      const n = vectors.length / DIMENSION;
      const found = await nearestNeighbours(vectors, DIMENSION, { k });
      assert.equal(found.k, Math.max(0, Math.min(k, n - 1)));
      for (let i = 0; i < n; i++) {
        const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
        const expected = others.map((j) => cosine(vectors, i, j)).sort((a, b) => b - a);
        const list = [...found.indices.subarray(i * found.k, (i + 1) * found.k)];
        assert.equal(new Set(list).size, found.k);
        assert.ok(!list.includes(i));
        for (const [rank, j] of list.entries()) {
          assert.ok(Math.abs(cosine(vectors, i, j) - expected[rank]!) < 1e-6);
          assert.ok(Math.abs(found.similarities[i * found.k + rank]! - expected[rank]!) < 1e-6);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('identical vectors are neighbours of each other in the order of their index', async () => {
  const vectors = new Float32Array(40 * DIMENSION).fill(1);
  const { indices, k } = await nearestNeighbours(vectors, DIMENSION, { k: 3 });
  assert.deepEqual([...indices.subarray(0, k)], [1, 2, 3]);
  assert.deepEqual([...indices.subarray(k, 2 * k)], [0, 2, 3]);
  assert.deepEqual([...indices.subarray(39 * k)], [0, 1, 2]);
});

test('blocks and threads do not change the result', async () => {
  const next = random(5);
  const vectors = Float32Array.from({ length: 1300 * 32 }, () => next() - 0.5);
  const one = await nearestNeighbours(vectors, 32, { k: 10, threads: 1 });
  const two = await nearestNeighbours(vectors, 32, { k: 10, threads: 2 });
  assert.deepEqual(one, two);
});

test('above the limit the search looks into cells: the recall that it tells is the true one, and similarities are exact', async () => {
  const next = random(8);
  const centres = Float32Array.from({ length: 300 * 32 }, () => next() - 0.5);
  const vectors = Float32Array.from(
    { length: 6000 * 32 },
    (_, i) => centres[(Math.floor(i / 32) % 300) * 32 + (i % 32)]! + 0.6 * (next() - 0.5),
  );
  const exact = await nearestNeighbours(vectors, 32, { k: 10 });
  const found = await nearestNeighbours(vectors, 32, { k: 10, exactUpTo: 1000 });
  assert.deepEqual(found, await nearestNeighbours(vectors, 32, { k: 10, exactUpTo: 1000, threads: 1 }));
  let hits = 0;
  for (let row = 0; row < 6000; row++) {
    const truth = new Set(exact.indices.subarray(row * 10, (row + 1) * 10));
    const list = found.indices.subarray(row * 10, (row + 1) * 10);
    assert.ok(!list.includes(row) && new Set(list).size === 10);
    hits += list.filter((index) => truth.has(index)).length;
  }
  assert.equal(exact.recall, 1);
  assert.ok(hits / 60_000 > 0.9, String(hits / 60_000));
  assert.ok(Math.abs(found.recall - hits / 60_000) < 0.03, `${found.recall} told, ${hits / 60_000} true`);
});

test('copies in one cell, and cells of too few rows, still have all their neighbours', async () => {
  const copies = new Float32Array(600 * DIMENSION).fill(1);
  const { indices, k } = await nearestNeighbours(copies, DIMENSION, { k: 3, exactUpTo: 10 });
  assert.deepEqual([...indices.subarray(k, 2 * k)], [0, 2, 3]);
  const few = Float32Array.from({ length: 30 * DIMENSION }, (_, i) => Math.sin(i * i));
  const all = await nearestNeighbours(few, DIMENSION, { k: 29, exactUpTo: 10 });
  assert.equal(new Set(all.indices.subarray(0, 29)).size, 29);
});

test('no vectors and one vector have no neighbours', async () => {
  assert.equal((await nearestNeighbours(new Float32Array(0), 4)).indices.length, 0);
  assert.equal((await nearestNeighbours(Float32Array.of(1, 0, 0, 0), 4)).indices.length, 0);
});

test('a wrong size and NaN are refused by name', async () => {
  const code = (expected: string) => (error: unknown) =>
    error instanceof ThemesError && error.code === expected;
  await assert.rejects(nearestNeighbours(new Float32Array(10), 4), code('vectors_shape'));
  await assert.rejects(
    nearestNeighbours(Float32Array.of(1, 0, Number.NaN, 0), 2),
    code('vectors_not_finite'),
  );
});
