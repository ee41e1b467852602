import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REAL_EFFECTS } from './effects.ts';

test('an abort ends the sleep with its own reason', async () => {
  const controller = new AbortController();
  const sleeping = REAL_EFFECTS.sleep(1e6, controller.signal);
  controller.abort(new Error('enough'));
  await assert.rejects(sleeping, /^Error: enough$/);
});

test('a sleep that is longer than a timer can be does not end at once', async () => {
  const sleeping = REAL_EFFECTS.sleep(1e12, AbortSignal.timeout(30)).then(
    () => 'slept',
    () => 'aborted',
  );
  assert.equal(await sleeping, 'aborted');
});
