import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BreakerState, type Health, openBreaker } from './breaker.ts';

const POLICY = { failures: 3, pauseMs: 1000 };

function opened() {
  const states: BreakerState[] = [];
  const breaker = openBreaker(POLICY, (state) => states.push(state));
  for (let i = 0; i < 3; i++) breaker.enter()('fault', 0);
  return { breaker, states };
}

test('so many failures in a row open it; one success between them does not let it come to that', () => {
  const breaker = openBreaker(POLICY);
  for (const health of ['fault', 'fault', 'well', 'fault', 'fault'] as const) breaker.enter()(health, 0);
  assert.equal(breaker.state, 'closed');
  breaker.enter()('fault', 0);
  assert.equal(breaker.state, 'open');
  assert.equal(breaker.waitMs(400), 600);
});

test('after the pause one tries alone, and the others wait for it', () => {
  const { breaker, states } = opened();
  assert.equal(breaker.waitMs(1000), 0);
  const tell = breaker.enter();
  assert.equal(breaker.waitMs(1000), Number.POSITIVE_INFINITY);
  tell('well', 1200);
  assert.equal(breaker.waitMs(1200), 0);
  assert.deepEqual(states, ['open', 'half-open', 'closed']);
});

test('one that fails alone opens it for another pause', () => {
  const { breaker } = opened();
  breaker.enter()('fault', 1500);
  assert.equal(breaker.waitMs(1500), 1000);
});

test('one that is given up leaves the try to the next', () => {
  const { breaker } = opened();
  breaker.enter()('unknown', 1100);
  assert.equal(breaker.state, 'open');
  assert.equal(breaker.waitMs(1100), 0);
});

test('after it closed, it takes as many failures again', () => {
  const { breaker } = opened();
  breaker.enter()('well', 1000);
  breaker.enter()('fault', 1000);
  breaker.enter()('fault', 1000);
  assert.equal(breaker.state, 'closed');
});

test('answers to what was sent before it opened change nothing', () => {
  const breaker = openBreaker(POLICY);
  const late = [breaker.enter(), breaker.enter()];
  for (let i = 0; i < 3; i++) breaker.enter()('fault', 0);
  late[0]!('well', 10);
  assert.equal(breaker.state, 'open');
  breaker.enter();
  late[1]!('fault', 1010);
  assert.equal(breaker.state, 'half-open');
});

test('whatever happens, only one is inside while it is not closed', () => {
  const healths = fc.array(fc.constantFrom<Health>('well', 'fault', 'unknown'), { maxLength: 60 });
  fc.assert(
    fc.property(healths, (list) => {
      const { breaker } = opened();
      let now = 0;
      for (const health of list) {
        now += breaker.waitMs(now);
        const wasClosed = breaker.state === 'closed';
        const tell = breaker.enter();
        assert.equal(breaker.waitMs(now) === Number.POSITIVE_INFINITY, !wasClosed);
        tell(health, now);
      }
    }),
  );
});
