import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Asking, askApart } from './apart.ts';

type Ask = (positions: readonly number[], n: number) => readonly number[];

/** What became of every position, where asking goes as told. */
async function asked(count: number, ask: Ask, isCertain = true, isOfPositions = true) {
  const log = { asked: 0, got: [] as number[], refused: [] as number[], split: [] as number[] };
  const asking: Asking = {
    ask: async (positions) => {
      const again = ask(positions, log.asked++);
      log.got.push(...positions.filter((at) => !again.includes(at)));
      return again;
    },
    isOfPositions: async () => isOfPositions,
    isCertain: () => isCertain,
    split: (_error, positions) => log.split.push(positions.length),
    refused: (_errors, position) => log.refused.push(position),
  };
  await askApart([...Array(count).keys()], asking);
  return log;
}

/** Refuses all that are asked for together with one of the bad; some others are left out the first time. */
function refusing(bad: ReadonlySet<number>, leftOut: ReadonlySet<number>): Ask {
  const once = new Set(leftOut);
  return (positions) => {
    if (positions.some((at) => bad.has(at))) throw new Error('refused');
    const again = positions.slice(1).filter((at) => once.delete(at));
    return again;
  };
}

test('every position is had once, or refused once: the bad ones, and no other', async () => {
  const some = fc.uniqueArray(fc.nat(63), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 64 }),
      some,
      some,
      fc.boolean(),
      async (count, bad, left, sure) => {
        const log = await asked(count, refusing(new Set(bad), new Set(left)), sure);
        const isBad = (at: number) => bad.includes(at);
        const all = [...Array(count).keys()];
        assert.deepEqual(log.refused, all.filter(isBad));
        assert.deepEqual(
          log.got.toSorted((a, b) => a - b),
          all.filter((at) => !isBad(at)),
        );
      },
    ),
  );
});

test('one bad text of 64 is found with twelve questions more', async () => {
  const log = await asked(64, refusing(new Set([40]), new Set()));
  assert.equal(log.asked, 13);
  assert.deepEqual(log.split, [64, 32, 16, 8, 4, 2]);
});

test('one alone is asked for again where it may have been bad luck', async () => {
  const unlucky: Ask = (_positions, n) => {
    if (n === 0) throw new Error('unlucky');
    return [];
  };
  assert.partialDeepStrictEqual(await asked(1, unlucky, false), { got: [0], refused: [] });
  assert.partialDeepStrictEqual(await asked(1, unlucky, true), { got: [], refused: [0] });
});

test('an error of anything else is thrown', async () => {
  await assert.rejects(asked(8, refusing(new Set([3]), new Set()), true, false), /refused/);
});
