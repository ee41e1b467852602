import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { retryDelayMs } from './retry.ts';

test('pauses double, lie between half and the whole, and are the same for the same chunk', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 6 }), (chunk, attempt) => {
      const most = 10_000 * 2 ** (attempt - 1);
      const delay = retryDelayMs(chunk, attempt, 10_000);
      assert.ok(delay >= most / 2 && delay <= most, `${delay}`);
      assert.equal(delay, retryDelayMs(chunk, attempt, 10_000));
    }),
  );
});

test('chunks that failed together do not come back together', () => {
  const delays = Array.from({ length: 100 }, (_, i) => retryDelayMs(`d:${i}`, 1, 10_000));
  assert.ok(new Set(delays).size > 90);
  assert.ok(Math.max(...delays) - Math.min(...delays) > 4_000);
});
