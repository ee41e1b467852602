import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { random } from './random.ts';
import { separation } from './separation.ts';
import { unitVectors } from './unit-vectors.ts';

const DIMENSION = 4;

const row = (vectors: Float32Array, i: number) => [...vectors.subarray(i * DIMENSION, (i + 1) * DIMENSION)];
const length = (a: number[]) => Math.hypot(...a);
const cosine = (a: number[], b: number[]) => {
  const product = length(a) * length(b);
  return product < 1e-6 ? 0 : a.reduce((sum, x, d) => sum + x * b[d]!, 0) / product;
};
const sumOf = (rows: number[][]) =>
  Array.from({ length: DIMENSION }, (_, d) => rows.reduce((sum, one) => sum + one[d]!, 0));

/** As the definition has it, item by item. */
function byDefinition(vectors: Float32Array, membership: number[], themes: number): number {
  let total = 0;
  for (const [item, own] of membership.entries()) {
    const rowsOf = (theme: number, without = -1) =>
      [...membership.keys()]
        .filter((other) => membership[other] === theme && other !== without)
        .map((other) => row(vectors, other));
    if (rowsOf(own).length === 1) continue;
    const x = row(vectors, item);
    const a = cosine(x, sumOf(rowsOf(own, item)));
    const others = Array.from({ length: themes }, (_, theme) => theme).filter((theme) => theme !== own);
    const b = Math.max(...others.map((theme) => cosine(x, sumOf(rowsOf(theme)))));
    total += (a - b) / Math.max(1 - Math.min(a, b), Number.EPSILON);
  }
  return total / membership.length;
}

test('it is the mean silhouette of centroids, each item left out of its own', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 4 }),
      fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: DIMENSION, maxLength: DIMENSION }), {
        minLength: 12,
        maxLength: 40,
      }),
      async (themes, rows) => {
        // The first component keeps sums away from zero, where a direction is a matter of rounding.
        const vectors = unitVectors(
          Float32Array.from(rows.flatMap(([, ...rest]) => [4, ...rest])),
          DIMENSION,
        );
        const membership = rows.map((_, i) => i % themes);
        const found = await separation(vectors, DIMENSION, Int32Array.from(membership), themes);
        assert.ok(Math.abs(found - byDefinition(vectors, membership, themes)) < 1e-4, `${found}`);
      },
    ),
    { numRuns: 30 },
  );
});

test('it is the same of more items than are looked at at once', async () => {
  const next = random(1);
  const vectors = unitVectors(
    Float32Array.from({ length: 1_101 * DIMENSION }, () => next() - 0.3),
    DIMENSION,
  );
  const membership = Array.from({ length: 1_101 }, (_, i) => i % 7);
  const found = await separation(vectors, DIMENSION, Int32Array.from(membership), 7);
  assert.ok(Math.abs(found - byDefinition(vectors, membership, 7)) < 1e-4, `${found}`);
});

test('one theme, themes of one item each and vectors of zeros count nothing', async () => {
  const vectors = unitVectors(Float32Array.from([1, 0, 0, 0, 0, 1, 0, 0]), DIMENSION);
  assert.equal(await separation(vectors, DIMENSION, Int32Array.of(0, 0), 1), 0);
  assert.equal(await separation(vectors, DIMENSION, Int32Array.of(0, 1), 2), 0);
  assert.equal(await separation(new Float32Array(16), DIMENSION, Int32Array.of(0, 0, 1, 1), 2), 0);
});
