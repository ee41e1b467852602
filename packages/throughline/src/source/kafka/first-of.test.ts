import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { firstOf } from './first-of.ts';

test('it waits for the first, or the signal, and leaves no listener behind', async () => {
  const stop = new AbortController();
  const never = new Promise(() => {});
  await firstOf([never, Promise.resolve()], stop.signal);
  await assert.rejects(firstOf([never, Promise.reject(new Error('away'))], stop.signal), /away/);
  assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
  const waiting = firstOf([never], stop.signal);
  stop.abort();
  await waiting;
  await firstOf([never], stop.signal);
  assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
});
