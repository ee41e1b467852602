import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tokenBucket } from './token-bucket.ts';

const MINUTE_MS = 60_000;
const perMinutes = fc.integer({ min: 1, max: 100_000 });
const bursts = fc.integer({ min: 1, max: 500 });
/** How much each wants, and how long it waits before it asks (ms). */
const wishes = fc.array(fc.tuple(fc.integer({ min: 1, max: 800 }), fc.integer({ min: 0, max: 5000 })), {
  minLength: 1,
  maxLength: 60,
});

test('between any two moments, no more than rate * time + the larger of burst and largest amount is taken', () => {
  fc.assert(
    fc.property(perMinutes, bursts, wishes, (perMinute, burst, list) => {
      const taken = takeAll(tokenBucket(perMinute, burst), list);
      const most = Math.max(burst, ...list.map(([amount]) => amount));
      for (let from = 0; from < taken.length; from++) {
        let sum = 0;
        for (const { at, amount } of taken.slice(from)) {
          sum += amount;
          const flowed = ((at - taken[from]!.at) * perMinute) / MINUTE_MS;
          assert.ok(sum <= flowed + most + 1e-3, `${sum} > ${flowed} + ${most}`);
        }
      }
    }),
  );
});

test('one who waits as long as it is told waits no more', () => {
  fc.assert(
    fc.property(perMinutes, bursts, wishes, (perMinute, burst, list) => {
      const bucket = tokenBucket(perMinute, burst);
      let now = 0;
      for (const [amount] of list) {
        now += bucket.waitMs(amount, now);
        assert.equal(bucket.waitMs(amount, now), 0);
        bucket.take(amount, now);
      }
    }),
  );
});

test('asked without a break, it gives its rate', () => {
  const bucket = tokenBucket(600, 10);
  const taken = takeAll(
    bucket,
    Array.from({ length: 6010 }, () => [1, 0] as [number, number]),
  );
  assert.ok(Math.abs(taken.at(-1)!.at - 10 * MINUTE_MS) < 200);
});

test('what was not used is given back, what was used beyond is owed', () => {
  const bucket = tokenBucket(60, 10);
  bucket.take(10, 0);
  assert.equal(bucket.waitMs(1, 0), 1000);
  bucket.giveBack(4);
  assert.equal(bucket.waitMs(4, 0), 0);
  bucket.giveBack(-5);
  assert.equal(bucket.waitMs(1, 0), 2000);
});

test('what is given back is never more than the bucket holds', () => {
  const bucket = tokenBucket(60, 10);
  bucket.giveBack(1000);
  bucket.take(10, 0);
  assert.equal(bucket.waitMs(1, 0), 1000);
});

test('after a pause it begins empty: nothing is saved up for a burst', () => {
  const bucket = tokenBucket(60, 10);
  bucket.pauseUntil(60_000);
  assert.equal(bucket.waitMs(1, 0), 61_000);
  assert.equal(bucket.waitMs(1, 60_000), 1000);
});

function takeAll(bucket: ReturnType<typeof tokenBucket>, list: readonly [number, number][]) {
  let now = 0;
  return list.map(([amount, pause]) => {
    now += pause;
    now += bucket.waitMs(amount, now);
    bucket.take(amount, now);
    return { at: now, amount };
  });
}
