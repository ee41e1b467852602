import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { virtualTime } from '../../test/virtual-time.ts';
import { openDeadline } from './deadline.ts';

test('it ends a wait when its time has passed, counted from its start', async () => {
  const time = virtualTime();
  const deadline = openDeadline(1000, time);
  await time.run(time.sleep(5000));
  assert.equal(deadline.leftMs(), 1000);
  deadline.start();
  deadline.start();
  await assert.rejects(time.run(time.sleep(3000, deadline.signal)), (error) => error === deadline.passed);
  assert.equal(time.now(), 6000);
  assert.equal(deadline.leftMs(), 0);
});

test('the abort of the caller ends a wait as well, with its own reason', async () => {
  const controller = new AbortController();
  const deadline = openDeadline(1000, virtualTime(), controller.signal);
  controller.abort(new Error('enough'));
  assert.equal(deadline.signal.reason.message, 'enough');
});

test('what was aborted before is aborted', () => {
  const deadline = openDeadline(1000, virtualTime(), AbortSignal.abort(new Error('before')));
  assert.equal(deadline.signal.reason.message, 'before');
});

test('after it was stopped no timer and no listener is left, and it passes no more', async () => {
  const time = virtualTime();
  const controller = new AbortController();
  const deadline = openDeadline(1000, time, controller.signal);
  deadline.start();
  deadline.stop();
  await time.run(time.sleep(5000));
  assert.equal(deadline.signal.aborted, false);
  assert.equal(time.timers(), 0);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
});

test('a timer that rings early does not end it', async () => {
  const time = virtualTime();
  const early = {
    now: time.now,
    sleep: (ms: number, signal?: AbortSignal) => time.sleep(ms / 2 + 0.1, signal),
  };
  const deadline = openDeadline(1000, early);
  deadline.start();
  await assert.rejects(time.run(time.sleep(3000, deadline.signal)));
  assert.ok(time.now() >= 1000);
});
