import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assign } from './assign.ts';
import { themesByKMeans } from './kmeans/themes-by-k-means.ts';
import { random } from './random.ts';

const DIMENSION = 5;

test('the vectors of a k-means keep their clusters, one at a time as all at once', async () => {
  const next = random(3);
  const vectors = Float32Array.from({ length: 300 * DIMENSION }, () => next() - 0.2);
  const { membership, themes, centres } = themesByKMeans(vectors, DIMENSION, { count: 9, seed: 4 });
  const own = Int32Array.from({ length: themes }, (_, theme) => theme);
  const fitted = { vectors: centres, membership: own, themes, by: 'distance' as const };
  const all = await assign(vectors, DIMENSION, fitted);
  assert.deepEqual(all.theme, membership);
  for (let item = 0; item < 20; item++) {
    const one = await assign(vectors.slice(item * DIMENSION, (item + 1) * DIMENSION), DIMENSION, fitted);
    assert.deepEqual([one.theme[0], one.score[0]], [all.theme[item], all.score[item]]);
  }
});

test('lengths count, and scores are shares by the inverse squared distance', async () => {
  const centres = { vectors: Float32Array.of(1, 0, 10, 0), membership: Int32Array.of(0, 1), themes: 2 };
  const { theme, score, margin } = await assign(Float32Array.of(4, 0, 7, 0, 1, 0), 2, {
    ...centres,
    by: 'distance',
  });
  assert.deepEqual([...theme], [0, 1, 0]);
  assert.deepEqual([...score], [Math.fround(36 / 45), Math.fround(36 / 45), 1]);
  assert.deepEqual([...margin], [Math.fround(27 / 45), Math.fround(27 / 45), 1]);
});
