import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assign, openAssigner } from './assign.ts';
import { ThemesError } from './errors.ts';
import { random } from './random.ts';

const DIMENSION = 6;

function noise(count: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: count * DIMENSION }, () => next() - 0.5);
}

const fitted = {
  vectors: noise(120, 1),
  membership: Int32Array.from({ length: 120 }, (_, i) => i % 7),
  themes: 7,
};

test('one at a time gives what all at once give, to the last bit', async () => {
  const vectors = noise(40, 2);
  const all = await assign(vectors, DIMENSION, fitted);
  for (let item = 0; item < 40; item++) {
    const one = await assign(vectors.slice(item * DIMENSION, (item + 1) * DIMENSION), DIMENSION, fitted);
    assert.equal(one.theme[0], all.theme[item]);
    assert.equal(one.score[0], all.score[item]);
    assert.equal(one.margin[0], all.margin[item]);
  }
});

test('prepared once, many calls give what each gives alone, to the last bit', async () => {
  await using assigner = await openAssigner(fitted, DIMENSION);
  for (const count of [1, 40, 0, 700, 40]) {
    const vectors = noise(count, count);
    assert.deepEqual(await assigner.assign(vectors), await assign(vectors, DIMENSION, fitted));
  }
});

test('scores and margins are shares of the votes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 200 }),
      fc.nat(50),
      async (n, k, seed) => {
        const { theme, score, margin } = await assign(noise(n, seed), DIMENSION, fitted, { k });
        for (let item = 0; item < n; item++) {
          assert.ok(theme[item]! >= 0 && theme[item]! < fitted.themes);
          assert.ok(score[item]! > 0 && score[item]! <= 1);
          assert.ok(margin[item]! >= 0 && margin[item]! <= score[item]! + 1e-6);
        }
      },
    ),
    { numRuns: 20 },
  );
});

test('with one voter a fitted vector keeps its theme, with all the votes', async () => {
  const { theme, score, margin } = await assign(fitted.vectors, DIMENSION, fitted, { k: 1 });
  assert.deepEqual(theme, fitted.membership);
  assert.ok(score.every((share) => share === 1));
  assert.ok(margin.every((lead) => lead === 1));
});

test('a tie goes to the lower theme, with a margin of 0', async () => {
  const axes = Float32Array.from([1, 0, 0, 1]);
  const two = { vectors: axes, membership: Int32Array.of(1, 0), themes: 2 };
  const { theme, margin } = await assign(Float32Array.of(1, 1), 2, two, { k: 2 });
  assert.equal(theme[0], 0);
  assert.equal(margin[0], 0);
});

test('sizes that do not fit are refused', async () => {
  const wrong = { ...fitted, membership: fitted.membership.slice(1) };
  await assert.rejects(
    assign(noise(1, 1), DIMENSION, wrong),
    (e) => e instanceof ThemesError && e.code === 'assignment_shape',
  );
});
