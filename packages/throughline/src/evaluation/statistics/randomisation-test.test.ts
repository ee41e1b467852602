import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { randomBits } from './random.ts';
import { randomisationTest } from './randomisation-test.ts';

test('few differences are tested as by hand', () => {
  assert.equal(randomisationTest([]), 1);
  assert.equal(randomisationTest([0, 0, 0]), 1);
  assert.equal(randomisationTest([0.5]), 1, 'one query says nothing: both signs are as great');
  // All of one sign: 2 of 32 signs.
  assert.equal(randomisationTest([1, 1, 1, 1, 1]), 2 / 32);
  assert.equal(randomisationTest([1, 0, 1, 1, 0, 1, 1]), 2 / 32, 'queries without a difference do not count');
  // |1 + 2 + 3 - 2| = 4; of the 16 sums 2 are 8 or -8, 2 are 6 or -6, and 4 are 4 or -4.
  assert.equal(randomisationTest([1, 2, 3, -2]), 8 / 16);
});

test('many differences are tested as if all signs were tried', () => {
  const differences = [3, 1, 4, -1, 5, 9, -2, 6, 5, -3, 5, -8, 9, 7, -9, 3, 2].map((one) => one / 10);
  const signs = 2 ** differences.length;
  const observed = Math.abs(differences.reduce((sum, one) => sum + one, 0));
  let asGreat = 0;
  for (let bits = 0; bits < signs; bits++) {
    const sum = differences.reduce((total, one, i) => total + (bits & (1 << i) ? one : -one), 0);
    if (Math.abs(sum) >= observed - 1e-9) asGreat++;
  }
  const exact = asGreat / signs;
  const error = Math.sqrt((exact * (1 - exact)) / 10_000);
  assert.ok(exact > 0.01 && exact < 0.2, String(exact));
  assert.ok(Math.abs(randomisationTest(differences) - exact) < 3 * error, String(exact));
});

test('a difference that is always there has the least p, and one that cancels has the greatest', () => {
  assert.equal(randomisationTest(Array.from({ length: 60 }, () => 0.1)), 1 / 10_001);
  assert.equal(randomisationTest(Array.from({ length: 60 }, (_, i) => (i % 2 ? 0.1 : -0.1))), 1);
});

test('p is a probability that depends neither on which system comes first nor on the unit', () => {
  const differences = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 40 });
  fc.assert(
    fc.property(differences, fc.integer(), (given, seed) => {
      const options = { rounds: 500, seed };
      const p = randomisationTest(given, options);
      assert.ok(p > 0 && p <= 1);
      const other = given.map((one) => -one);
      assert.equal(randomisationTest(other, options), p);
      const doubled = given.map((one) => one * 2);
      assert.equal(randomisationTest(doubled, options), p);
    }),
    { numRuns: 60 },
  );
});

test('where nothing but chance differs, p below .05 comes in about 5 of 100 cases', () => {
  const next = randomBits(11);
  const noise = () => next() / 2 ** 32 - 0.5;
  const samples = Array.from({ length: 400 }, () => Array.from({ length: 30 }, noise));
  const few = samples.filter((sample) => randomisationTest(sample, { rounds: 1_000 }) < 0.05);
  assert.ok(few.length >= 8 && few.length <= 34, String(few.length));
});
