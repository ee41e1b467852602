import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bootstrapInterval } from './bootstrap.ts';
import { randomBits } from './random.ts';

const ones = (k: number, n: number) => Array.from({ length: n }, (_, i) => (i < k ? 1 : 0));

test('of zeros and ones the interval is that of the binomial distribution', () => {
  // P(X <= 1) = .011 and P(X <= 2) = .055 for X ~ B(10, 1/2).
  assert.deepEqual(bootstrapInterval(ones(5, 10)), [0.2, 0.8]);
  // P(X <= 39) = .018 and P(X <= 40) = .028 for X ~ B(100, 1/2).
  assert.deepEqual(bootstrapInterval(ones(50, 100)), [0.4, 0.6]);
  // P(X <= 1) = .029 and P(X <= 7) = .982 for X ~ B(20, .2); a level of .9 leaves .05 at each end.
  assert.deepEqual(bootstrapInterval(ones(4, 20), { level: 0.9 }), [0.05, 0.35]);
});

test('of many values it is that of the normal distribution', () => {
  const values = Array.from({ length: 1_000 }, (_, i) => i / 1_000);
  const [low, high] = bootstrapInterval(values);
  const half = 1.96 * Math.sqrt(1 / 12 / 1_000);
  assert.ok(Math.abs(low - (0.4995 - half)) < 0.001 && Math.abs(high - (0.4995 + half)) < 0.001);
});

test('95 of 100 intervals hold the mean that the sample was drawn from', () => {
  const next = randomBits(7);
  const samples = Array.from({ length: 300 }, () => Array.from({ length: 60 }, () => next() / 2 ** 32));
  const held = samples.filter((sample) => {
    const [low, high] = bootstrapInterval(sample, { rounds: 1_000 });
    return low <= 0.5 && 0.5 <= high;
  });
  assert.ok(held.length / 300 > 0.91 && held.length / 300 < 0.98, String(held.length));
});

test('it holds the mean, lies within the values, moves with them, and is the same each time', () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(values, fc.integer(), (given, seed) => {
      const options = { rounds: 1_000, seed };
      const [low, high] = bootstrapInterval(given, options);
      const mean = given.reduce((sum, one) => sum + one, 0) / given.length;
      assert.ok(low <= mean + 1e-9 && mean - 1e-9 <= high);
      assert.ok(low >= Math.min(...given) - 1e-9 && high <= Math.max(...given) + 1e-9);
      assert.deepEqual(bootstrapInterval(given, options), [low, high]);
      const [lower, higher] = bootstrapInterval(
        given.map((one) => one - 2),
        options,
      );
      assert.ok(Math.abs(low - 2 - lower) < 1e-9 && Math.abs(high - 2 - higher) < 1e-9);
    }),
    { numRuns: 50 },
  );
});

test('without values there is no interval', () => {
  assert.throws(() => bootstrapInterval([]), RangeError);
});
