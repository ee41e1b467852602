import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBits } from '../evaluation/statistics/random.ts';
import { driftTest } from './drift.ts';

const OPTIONS = { permutations: 399, seed: 1 };

/** Vectors around one of two directions, by chance as often as `share` around the second. */
function vectors(count: number, share: number, next: () => number): Float32Array[] {
  const uniform = () => next() / 2 ** 32;
  return Array.from({ length: count }, () => {
    const centre = uniform() < share ? 1 : 0;
    return Float32Array.from({ length: 8 }, (_, i) => Number(i === centre) + (uniform() - 0.5) / 2);
  });
}

test('other texts are told, and so is another mix of the same', () => {
  const next = randomBits(7);
  const before = vectors(200, 0.5, next);
  assert.ok(driftTest(before, vectors(200, 0.5, next), OPTIONS).p > 0.05);
  assert.ok(driftTest(before, vectors(200, 0.9, next), OPTIONS).p < 0.005);
  assert.ok(driftTest(before, vectors(200, 0.75, next), OPTIONS).p < 0.005);
  assert.equal(driftTest(before, before, OPTIONS).p, 1);
});

test('random halves of one set are taken for drift as rarely as the limit says', () => {
  const next = randomBits(11);
  let alarms = 0;
  for (let i = 0; i < 200; i++) {
    const all = vectors(80, 0.5, next);
    const { p } = driftTest(all.slice(0, 40), all.slice(40), { permutations: 199, seed: i });
    if (p < 0.01) alarms++;
  }
  assert.ok(alarms <= 6, `${alarms} of 200`);
});

test('the same samples give the same numbers', () => {
  const [a, b] = [vectors(30, 0.2, randomBits(1)), vectors(30, 0.8, randomBits(2))];
  assert.deepEqual(driftTest(a, b, OPTIONS), driftTest(a, b, OPTIONS));
});

/** Around a centre for each, with the same spread in every direction. */
function around(centres: readonly (readonly number[])[], count: number, next: () => number): Float32Array[] {
  const noise = () => (next() / 2 ** 32 - 0.5) / 5;
  return Array.from({ length: count }, (_, i) =>
    Float32Array.from(centres[i % centres.length]!, (x) => x + noise()),
  );
}

test('other neighbourhoods are told where the means are the same, and so is the spread', () => {
  const next = randomBits(5);
  const before = around(
    [
      [1, 0, 0],
      [-1, 0, 0],
    ],
    150,
    next,
  );
  const [same, turned] = [
    around(
      [
        [1, 0, 0],
        [-1, 0, 0],
      ],
      150,
      next,
    ),
    around(
      [
        [0, 1, 0],
        [0, -1, 0],
      ],
      150,
      next,
    ),
  ];
  assert.ok(driftTest(before, same, OPTIONS).p > 0.05);
  assert.ok(driftTest(before, turned, OPTIONS).p < 0.005);
  // Two themes against four, of one mean and the same spread along each axis.
  const half = Math.SQRT1_2;
  const [two, four] = [
    around(
      [
        [1, 0, 0],
        [0, 1, 0],
        [-1, 0, 0],
        [0, -1, 0],
      ],
      200,
      next,
    ),
    around(
      [
        [half, half, 0],
        [-half, half, 0],
        [half, -half, 0],
        [-half, -half, 0],
      ],
      200,
      next,
    ),
  ];
  assert.ok(driftTest(two, four, OPTIONS).p < 0.005);
});
