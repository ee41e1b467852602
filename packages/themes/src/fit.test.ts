import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { agreement } from './agreement.ts';
import { type FitOptions, fit, mayWiden } from './fit.ts';
import { random } from './random.ts';

const DIMENSION = 24;

/** Groups of vectors around random centres; `noise` is the size of the spread against the centre. */
function clouds(
  groups: number,
  size: number,
  noise: number,
  seed: number,
): { vectors: Float32Array; truth: number[] } {
  const next = random(seed);
  const centres = Array.from({ length: groups * DIMENSION }, () => next() - 0.5);
  const truth = Array.from({ length: groups * size }, (_, i) => i % groups);
  const vectors = Float32Array.from(
    truth.flatMap((group) =>
      Array.from({ length: DIMENSION }, (_, d) => centres[group * DIMENSION + d]! + noise * (next() - 0.5)),
    ),
  );
  return { vectors, truth };
}

test('planted themes are found without being told how many there are', async () => {
  for (const [groups, size] of [
    [6, 60],
    [20, 30],
  ] as const) {
    const { vectors, truth } = clouds(groups, size, 0.5, groups);
    const { membership, themes } = await fit(vectors, DIMENSION);
    assert.equal(themes, groups);
    assert.ok(agreement(membership, truth).ami > 0.98);
  }
});

test('every vector has a theme, themes are numbered by size, and none is smaller than minSize', async () => {
  const anyClouds = fc.record({
    groups: fc.integer({ min: 1, max: 6 }),
    size: fc.integer({ min: 1, max: 20 }),
    noise: fc.constantFrom(0, 0.5, 2),
    seed: fc.nat(99),
  });
  await fc.assert(
    fc.asyncProperty(
      anyClouds,
      fc.integer({ min: 1, max: 8 }),
      async ({ groups, size, noise, seed }, minSize) => {
        const { vectors } = clouds(groups, size, noise, seed);
        const found = await fit(vectors, DIMENSION, { minSize, seed });
        const sizes = new Int32Array(found.themes);
        assert.equal(found.membership.length, groups * size);
        for (const theme of found.membership) sizes[theme]!++;
        assert.ok(sizes.every((count, i) => count > 0 && (i === 0 || count <= sizes[i - 1]!)));
        if (found.themes > 1) assert.ok(sizes.every((count) => count >= minSize));
        assert.equal(found.centroids.length, found.themes * DIMENSION);
        for (let theme = 0; theme < found.themes; theme++) {
          const row = found.centroids.subarray(theme * DIMENSION, (theme + 1) * DIMENSION);
          assert.ok(Math.abs(Math.hypot(...row) - 1) < 1e-5);
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('the same vectors and seed give the same themes', async () => {
  const { vectors } = clouds(5, 30, 1.5, 3);
  const [one, two] = [await fit(vectors, DIMENSION, { seed: 4 }), await fit(vectors, DIMENSION, { seed: 4 })];
  assert.deepEqual(one, two);
});

test('a wanted number of themes is met', async () => {
  const { vectors } = clouds(8, 40, 0.8, 6);
  for (const count of [1, 3, 5, 8]) assert.equal((await fit(vectors, DIMENSION, { count })).themes, count);
});

test('a number is met where the best of seeds has fewer themes than its level was looked at with', async () => {
  const { vectors } = clouds(1, 240, 2, 1);
  const { levels } = await fit(vectors, DIMENSION, { k: 25 });
  const counts = [...new Set(levels.map(({ themes }) => themes))].sort((a, b) => a - b).slice(0, 5);
  for (const count of counts) assert.equal((await fit(vectors, DIMENSION, { count })).themes, count);
});

test('no, one, two and a few vectors make no theme or one', async () => {
  assert.equal((await fit(new Float32Array(0), DIMENSION)).themes, 0);
  for (const n of [1, 2, 4]) {
    const found = await fit(clouds(n, 1, 1, 1).vectors, DIMENSION);
    assert.equal(found.themes, 1);
    assert.deepEqual([...found.membership], new Array(n).fill(0));
  }
});

test('identical vectors and vectors of zeros end in finite numbers', async () => {
  for (const value of [1, 0]) {
    const found = await fit(new Float32Array(50 * DIMENSION).fill(value), DIMENSION);
    assert.equal(found.membership.length, 50);
    assert.ok(found.themes >= 1);
    assert.ok(found.centroids.every(Number.isFinite));
    assert.ok(found.levels.every((level) => Number.isFinite(level.score)));
  }
});

test('progress is told step by step', async () => {
  const steps = new Set<string>();
  await fit(clouds(3, 10, 0.5, 1).vectors, DIMENSION, { onProgress: ({ step }) => steps.add(step) });
  assert.deepEqual([...steps], ['neighbours', 'level', 'best of seeds']);
});

test('where nothing separates much the graph is wider: not of few vectors, nor where a number is wanted', async () => {
  const { vectors } = clouds(1, 400, 2, 3);
  const few = vectors.slice(0, 299 * DIMENSION);
  const membership = async (of: Float32Array, options: FitOptions) =>
    (await fit(of, DIMENSION, options)).membership;
  const [near, wide] = [await membership(vectors, { k: 25 }), await membership(vectors, { k: 50 })];
  assert.notDeepEqual(near, wide);
  assert.deepEqual(await membership(vectors, {}), wide);
  assert.notDeepEqual(await membership(few, { k: 25 }), await membership(few, { k: 50 }));
  assert.deepEqual(await membership(few, {}), await membership(few, { k: 25 }));
  assert.deepEqual(await membership(vectors, { count: 4 }), await membership(vectors, { count: 4, k: 25 }));
  assert.notDeepEqual(
    await membership(vectors, { count: 4, k: 25 }),
    await membership(vectors, { count: 4, k: 50 }),
  );
  const wider = [299, 300, 20_000, 20_001].map((n) => mayWiden(n, {}));
  assert.deepEqual(wider, [false, true, true, false]);
});
