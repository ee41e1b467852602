import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { concurrent } from './concurrent.ts';

async function* numbers(count: number) {
  for (let i = 0; i < count; i++) yield i;
}

test('results come in the order of the items, and no more than depth are worked on at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      async (delays, depth) => {
        let running = 0;
        const results: number[] = [];
        const work = async (i: number) => {
          assert.ok(++running <= depth);
          await sleep(delays[i]);
          running--;
          return i;
        };
        for await (const result of concurrent(numbers(delays.length), depth, work)) results.push(result);
        assert.deepEqual(results, [...delays.keys()]);
      },
    ),
    { numRuns: 30 },
  );
});

test('an error ends the items, and leaves no work behind', async () => {
  let finished = 0;
  const work = async (i: number) => {
    await sleep(1);
    if (i === 1) throw new Error('two');
    finished++;
    return i;
  };
  const drain = async () => {
    for await (const _ of concurrent(numbers(10), 3, work));
  };
  await assert.rejects(drain, /two/);
  assert.ok(finished <= 3);
});
