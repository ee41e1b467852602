import assert from 'node:assert/strict';
import test from 'node:test';
import { ApiError } from 'throughline/client';
import { isBusy, mayRetry, retryDelay } from './retry.ts';

const failure = (status: number, retryAfter?: number) =>
  new ApiError(
    { type: 'about:blank', title: '', status, detail: '', code: 'code', requestId: '' },
    retryAfter,
  );

test('only a busy server and a lost connection are tried again, and not for ever', () => {
  for (const status of [429, 503]) {
    assert.ok(isBusy(failure(status)));
    assert.ok(mayRetry(0, failure(status)));
    assert.ok(!mayRetry(5, failure(status)));
  }
  for (const status of [400, 401, 403, 404, 500]) assert.ok(!mayRetry(0, failure(status)));
  assert.ok(mayRetry(0, new TypeError('fetch failed')));
  assert.ok(!mayRetry(2, new TypeError('fetch failed')));
  assert.ok(!mayRetry(0, new Error('of our own')));
});

test('the wait is what the server asks for, otherwise it doubles, and has an end', () => {
  assert.equal(retryDelay(3, failure(503, 2)), 2_000);
  assert.equal(retryDelay(0, failure(503)), 500);
  assert.equal(retryDelay(2, failure(503)), 2_000);
  assert.equal(retryDelay(20, failure(503)), 30_000);
  assert.equal(retryDelay(0, failure(429, 86_400)), 30_000);
});
