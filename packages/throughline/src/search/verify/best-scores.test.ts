import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BestScores } from './best-scores.ts';

test('the best are kept, whatever the order in which they come', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer(), { maxLength: 60 }),
      fc.integer({ min: 1, max: 12 }),
      (all, room) => {
        const best = new BestScores(room);
        for (const score of all) best.offer(score, () => `id ${score}`);
        const wanted = all.toSorted((a, b) => b - a).slice(0, room);
        assert.deepEqual(
          best.sorted(),
          wanted.map((score) => ({ id: `id ${score}`, score })),
        );
      },
    ),
  );
});
