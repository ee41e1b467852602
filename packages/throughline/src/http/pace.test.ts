import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openPace } from './pace.ts';
import { DEFAULT_POLICY } from './policy.ts';

test('without limits nobody waits', () => {
  const pace = openPace(DEFAULT_POLICY);
  pace.take(1e9, 0);
  assert.equal(pace.waitMs(1e9, 0), 0);
});

test('no minute, wherever it begins, has more requests than the limit, and 95 % of it are used', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (requestsPerMinute) => {
      const pace = openPace({ ...DEFAULT_POLICY, requestsPerMinute });
      const times = timesOf(pace, requestsPerMinute * 3);
      for (const [i, from] of times.entries()) {
        const next = times[i + requestsPerMinute];
        if (next !== undefined) assert.ok(next - from >= 60_000, `${requestsPerMinute} in ${next - from} ms`);
      }
      assert.ok(times.at(-1)! <= (3 * 60_000) / 0.95);
    }),
    { numRuns: 40 },
  );
});

test('the parts of several processes are the limit in sum', () => {
  const [alone, shared] = [1, 3].map((processes) =>
    openPace({ ...DEFAULT_POLICY, requestsPerMinute: 3000, processes }),
  );
  const [ofOne, ofThree] = [timesOf(alone!, 9000).at(-1)!, timesOf(shared!, 3000).at(-1)!];
  assert.ok(Math.abs(ofOne - ofThree) < 100);
});

test('one waits for both limits, and takes from both', () => {
  const pace = openPace({ ...DEFAULT_POLICY, requestsPerMinute: 60, tokensPerMinute: 6000 });
  pace.take(100, 0);
  assert.ok(pace.waitMs(0, 0) > 900);
  assert.ok(pace.waitMs(100, 1020) === 0);
  pace.take(1000, 1020);
  assert.ok(pace.waitMs(1, 3000) > 5000);
});

test('what the server counted is what was taken', () => {
  const pace = openPace({ ...DEFAULT_POLICY, tokensPerMinute: 6000 });
  pace.take(100, 0);
  pace.correct(100, 40);
  assert.equal(pace.waitMs(60, 0), 0);
  pace.correct(100, 1000);
  assert.ok(pace.waitMs(1, 0) > 8000);
});

test('a pause empties both', () => {
  const pace = openPace({ ...DEFAULT_POLICY, requestsPerMinute: 60, tokensPerMinute: 6000 });
  pace.pauseUntil(5000);
  assert.ok(pace.waitMs(1, 0) > 5900);
});

function timesOf(pace: ReturnType<typeof openPace>, count: number): number[] {
  let now = 0;
  return Array.from({ length: count }, () => {
    now += pace.waitMs(0, now);
    pace.take(0, now);
    return now;
  });
}
