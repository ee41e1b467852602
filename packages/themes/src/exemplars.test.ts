import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreement } from './agreement.ts';
import { assign, openAssigner } from './assign.ts';
import { exemplarsOf } from './exemplars.ts';
import { random } from './random.ts';

const DIMENSION = 16;

/** Groups that overlap: `noise` is the size of the spread against that of the centres. */
function clouds(groups: number, size: number, noise: number, seed: number) {
  const next = random(seed);
  const centres = Array.from({ length: groups * DIMENSION }, () => next() - 0.5);
  const membership = Int32Array.from({ length: groups * size }, (_, i) => i % groups);
  const vectors = new Float32Array(membership.length * DIMENSION);
  for (const [item, group] of membership.entries()) {
    for (let d = 0; d < DIMENSION; d++) {
      vectors[item * DIMENSION + d] = centres[group * DIMENSION + d]! + noise * (next() - 0.5);
    }
  }
  return { vectors, membership, themes: groups };
}

function share(a: Int32Array, b: Int32Array): number {
  return a.filter((value, i) => value === b[i]).length / a.length;
}

test('a few exemplars keep 99 % of the fitted vectors in their themes, and do as well as all on new ones', async () => {
  const all = clouds(6, 300, 0.95, 3);
  const known = {
    ...all,
    vectors: all.vectors.slice(0, 1500 * DIMENSION),
    membership: all.membership.slice(0, 1500),
  };
  const exemplars = await exemplarsOf(known.vectors, DIMENSION, known.membership, 6);
  assert.ok(exemplars.membership.length < 1500 / 4, `${exemplars.membership.length} exemplars`);
  const { theme } = await assign(known.vectors, DIMENSION, exemplars);
  assert.ok(share(theme, known.membership) >= 0.99);
  const news = all.vectors.slice(1500 * DIMENSION);
  const truth = all.membership.slice(1500);
  const [few, full] = [await assign(news, DIMENSION, exemplars), await assign(news, DIMENSION, known)];
  assert.ok(agreement(few.theme, truth).ami >= agreement(full.theme, truth).ami - 0.03);
});

test('a score is about the probability that the theme is right', async () => {
  const all = clouds(5, 1000, 2.2, 9);
  const cut = 2500;
  const exemplars = await exemplarsOf(
    all.vectors.slice(0, cut * DIMENSION),
    DIMENSION,
    all.membership.slice(0, cut),
    5,
  );
  const { theme, score } = await assign(all.vectors.slice(cut * DIMENSION), DIMENSION, exemplars);
  const right = share(theme, all.membership.slice(cut));
  const mean = score.reduce((sum, value) => sum + value, 0) / score.length;
  assert.ok(right > 0.5 && right < 0.99, `the test is neither hopeless nor trivial: ${right}`);
  assert.ok(Math.abs(mean - right) < 0.06, `${mean} against ${right}`);
});

test('one at a time gives what all at once give, to the last bit', async () => {
  const { vectors, membership, themes } = clouds(4, 60, 1, 5);
  const exemplars = await exemplarsOf(vectors, DIMENSION, membership, themes);
  const all = await assign(vectors, DIMENSION, exemplars);
  await using assigner = await openAssigner(exemplars, DIMENSION);
  for (let item = 0; item < 60; item++) {
    const one = await assigner.assign(vectors.slice(item * DIMENSION, (item + 1) * DIMENSION));
    assert.deepEqual(
      [one.theme[0], one.score[0], one.margin[0]],
      [all.theme[item], all.score[item], all.margin[item]],
    );
  }
});

test('the same input gives the same exemplars, and every theme has one', async () => {
  const { vectors, membership, themes } = clouds(7, 9, 1, 2);
  const [one, two] = [
    await exemplarsOf(vectors, DIMENSION, membership, themes),
    await exemplarsOf(vectors, DIMENSION, membership, themes, { threads: 1 }),
  ];
  assert.deepEqual(one, two);
  assert.equal(new Set(one.membership).size, themes);
});

test('one vector is its own exemplar', async () => {
  const one = await exemplarsOf(Float32Array.of(3, 4), 2, Int32Array.of(0), 1);
  assert.ok(Math.abs(one.vectors[0]! - 0.6) < 1e-6 && Math.abs(one.vectors[1]! - 0.8) < 1e-6);
  assert.deepEqual([...(await assign(Float32Array.of(1, 0), 2, one)).score], [1]);
});
