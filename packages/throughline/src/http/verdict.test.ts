import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Failure } from './types.ts';
import { healthOf, isRetried, loadOf, pauseMsOf } from './verdict.ts';

const status = (code: number, body = ''): Failure => ({ kind: 'status', status: code, body });
const timeout: Failure = { kind: 'timeout', message: '' };
const connection: Failure = { kind: 'connection', message: '' };
const invalid: Failure = { kind: 'invalid', message: '', about: 'request' };
const failed = (failure: Failure, askedMs?: number): Answer<never> => ({
  ok: false,
  failure,
  askedMs,
  paid: false,
});

test('what may be different the next time is tried again, and nothing else', () => {
  for (const code of [429, 500, 502, 503, 504]) assert.ok(isRetried(status(code)), String(code));
  for (const failure of [timeout, connection, invalid]) assert.ok(isRetried(failure));
  for (const code of [301, 302, 400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 418, 422, 501, 505])
    assert.ok(!isRetried(status(code)), String(code));
});

test('an account without credit stays without credit', () => {
  assert.ok(!isRetried(status(429, '{"error":{"code":"insufficient_quota"}}')));
});

test('too many requests, an overloaded server and one that does not answer mean: fewer at once', () => {
  for (const failure of [status(429), status(503), timeout])
    assert.equal(loadOf(failed(failure)), 'overload');
  for (const failure of [status(500), status(400), connection, invalid])
    assert.equal(loadOf(failed(failure)), 'unknown');
  assert.equal(loadOf({ ok: true, value: 1 }), 'well');
});

test('a server that answers is there, whatever it answers', () => {
  for (const failure of [timeout, connection, status(500), status(503)])
    assert.equal(healthOf(failed(failure)), 'fault');
  for (const failure of [invalid, status(400), status(401)]) assert.equal(healthOf(failed(failure)), 'well');
  assert.equal(healthOf(failed(status(429))), 'unknown');
});

test('all pause for as long as the server asks; after a 429 that does not say, as long as who met it', () => {
  assert.equal(pauseMsOf(failed(status(429), 5000), 5300), 5000);
  assert.equal(pauseMsOf(failed(status(503), 5000), 5300), 5000);
  assert.equal(pauseMsOf(failed(status(429)), 700), 700);
  assert.equal(pauseMsOf(failed(status(503)), 700), 0);
  assert.equal(pauseMsOf(failed(timeout), 700), 0);
  assert.equal(pauseMsOf({ ok: true, value: 1 }, 0), 0);
});
