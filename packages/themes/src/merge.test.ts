import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeNearest } from './merge.ts';

test('the nearest themes are merged first, and the rest is renumbered by size', () => {
  const vectors = Float32Array.from([1, 0, 1, 0.1, 0, 1, 1, 0, 1, 0.1, 0, 1]);
  const membership = Int32Array.of(0, 1, 2, 0, 1, 2);
  assert.deepEqual([...mergeNearest(vectors, 2, membership, 2)], [0, 0, 1, 0, 0, 1]);
  assert.deepEqual([...mergeNearest(vectors, 2, membership, 1)], [0, 0, 0, 0, 0, 0]);
  assert.equal(mergeNearest(vectors, 2, membership, 9), membership);
});
