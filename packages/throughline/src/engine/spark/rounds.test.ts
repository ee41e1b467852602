import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inRounds, roundNumbers } from './rounds.ts';

const chunks = fc.array(fc.record({ rows: fc.nat(50) }), { maxLength: 60 });
const limits = fc.record({ rows: fc.integer({ min: 1, max: 100 }), chunks: fc.integer({ min: 1, max: 9 }) });

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

test('rounds keep the order, hold the limits, and are as the numbers say', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, limits, async (all, limits) => {
      const rounds: (typeof all)[] = [];
      for await (const round of inRounds(each(all), limits)) rounds.push(round);
      assert.deepEqual(rounds.flat(), all);
      for (const [i, round] of rounds.entries()) {
        const rows = round.reduce((sum, one) => sum + one.rows, 0);
        assert.ok(round.length > 0 && round.length <= limits.chunks);
        assert.ok(rows <= limits.rows || round.length === 1);
        const next = rounds[i + 1]?.[0];
        if (next) assert.ok(rows + next.rows > limits.rows || round.length === limits.chunks, 'it was full');
      }
      assert.deepEqual(
        roundNumbers(all, limits),
        rounds.flatMap((round, number) => round.map(() => number)),
      );
    }),
  );
});
