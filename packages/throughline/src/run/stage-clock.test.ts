import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStageClock } from './stage-clock.ts';

test('a stage lasts until the next begins, and the last until it is asked', () => {
  let now = 0;
  const clock = openStageClock(() => now);
  assert.deepEqual(clock.seconds(), {});
  for (const [stage, ms] of [
    ['read', 1_000],
    ['embed', 2_500],
    ['read', 500],
  ] as const) {
    clock.begin(stage);
    now += ms;
  }
  assert.deepEqual(clock.seconds(), { read: 1.5, embed: 2.5 });
  now += 1_000;
  assert.deepEqual(clock.seconds(), { read: 2.5, embed: 2.5 });
});
