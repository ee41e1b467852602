import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffMs } from './backoff.ts';

const POLICY = { firstMs: 1000, factor: 2, mostMs: 60_000 };
const fraction = fc.double({ min: 0, max: 0.999, noNaN: true });

test('the bound doubles with every try, up to a most', () => {
  const most = (attempt: number) => backoffMs(attempt, undefined, POLICY, () => 1);
  assert.deepEqual([1, 2, 3, 6, 7, 50].map(most), [1000, 2000, 4000, 32_000, 60_000, 60_000]);
});

test('every wait is between nothing and the bound', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fraction, (attempt, random) => {
      const ms = backoffMs(attempt, undefined, POLICY, () => random);
      assert.ok(ms >= 0 && ms <= Math.min(60_000, 1000 * 2 ** (attempt - 1)));
    }),
  );
});

test('nobody comes back before the server said, and not all at the same moment', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fraction, (asked, random) => {
      assert.ok(backoffMs(1, asked, POLICY, () => random) >= asked);
    }),
  );
  assert.equal(
    backoffMs(1, 10_000, POLICY, () => 0),
    10_000,
  );
  assert.equal(
    backoffMs(1, 10_000, POLICY, () => 0.5),
    10_500,
  );
});
