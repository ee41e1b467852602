import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { betaBinomialTails } from './beta-binomial.ts';

const near = (actual: number, expected: number, within = 1e-9) =>
  assert.ok(
    Math.abs(actual - expected) <= within * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

test('with alpha = beta = 1 every count is as likely', () => {
  const { lower, upper } = betaBinomialTails(3, 10, 1, 1);
  near(lower, 4 / 11);
  near(upper, 8 / 11);
});

test('with a large precision it is the binomial distribution', () => {
  // P(X <= 2) and P(X >= 2) of 10 throws with .3
  const { lower, upper } = betaBinomialTails(2, 10, 3e9, 7e9);
  near(lower, 0.3827827864, 1e-6);
  near(upper, 0.8506916541, 1e-6);
});

test('a value of scipy.stats.betabinom', () => {
  // betabinom(30, 2, 5).cdf(12), .sf(11)
  const { lower, upper } = betaBinomialTails(12, 30, 2, 5);
  near(lower, 0.7724146110056928);
  near(upper, 0.2764073371283995);
});

test('both tails share the count alone, whatever the shape', () => {
  const shape = fc.double({ min: 0.05, max: 500, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(300), shape, shape, (n, at, alpha, beta) => {
      const x = at % (n + 1);
      const { lower, upper } = betaBinomialTails(x, n, alpha, beta);
      const below = x === 0 ? 0 : betaBinomialTails(x - 1, n, alpha, beta).lower;
      near(lower - below + (1 - upper - below), lower - below, 1e-9);
      assert.ok(lower >= 0 && lower <= 1 + 1e-12 && upper >= 0 && upper <= 1 + 1e-12);
    }),
  );
});
