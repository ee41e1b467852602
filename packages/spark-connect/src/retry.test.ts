import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Effects, outage } from './retry.ts';

function world(): Effects & { pauses: number[] } {
  let now = 0;
  const pauses: number[] = [];
  return {
    pauses,
    now: () => now,
    random: () => 1,
    sleep: async (ms) => {
      pauses.push(ms);
      now += ms;
    },
  };
}

test('pauses grow to their longest, until the outage has lasted too long', async () => {
  const effects = world();
  const patience = outage(60_000, effects);
  const error = new Error('away');
  await assert.rejects(async () => {
    for (;;) await patience.pause(error);
  }, error);
  assert.deepEqual(effects.pauses, [100, 300, 900, 2700, 8100, 15_000, 15_000, 15_000]);
});

test('a success ends the outage: the next one begins anew', async () => {
  const effects = world();
  const patience = outage(500, effects);
  for (let i = 0; i < 3; i++) {
    await patience.pause(new Error('away'));
    await patience.pause(new Error('away'));
    patience.over();
  }
  assert.deepEqual(effects.pauses, [100, 300, 100, 300, 100, 300]);
});
