import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fuseScores } from './fuse.ts';

const scored = (scores: Record<string, number>) =>
  Object.entries(scores).map(([id, score]) => ({ id, score }));

test('scores are scaled within their list and weighed', () => {
  const fused = fuseScores([scored({ a: 30, b: 20, c: 10 }), scored({ c: 0.9, d: 0.5 })], [0.25, 0.75]);
  assert.deepEqual(fused, scored({ c: 0.75, a: 0.25, b: 0.125, d: 0 }));
});

test('a list of equal scores counts as the best, and an empty one not at all', () => {
  assert.deepEqual(fuseScores([scored({ a: 5, b: 5 }), []], [0.5, 0.5]), scored({ a: 0.5, b: 0.5 }));
});

test('weight 1 gives the order of the one list, and scores are in [0, 1]', () => {
  const list = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...'abcdefgh'), fc.double({ min: -1, max: 1, noNaN: true })), {
      selector: ([id]) => id,
    })
    .map((pairs) =>
      pairs.map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)),
    );
  fc.assert(
    fc.property(list, list, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, weight) => {
      const fused = fuseScores([one, other], [1 - weight, weight]);
      for (const { score } of fused) assert.ok(score >= 0 && score <= 1 + 1e-9);
      assert.equal(fused.length, new Set([...one, ...other].map(({ id }) => id)).size);
      for (const [i, { score }] of fused.entries()) assert.ok(i === 0 || fused[i - 1]!.score >= score);
    }),
  );
});
