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
