import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT } from '../error.ts';
import { BudgetError, HttpError } from './errors.ts';
import type { Failure } from './types.ts';

const URL_WITH_KEY = 'https://user:pass@api.example.org/v1/embeddings?key=SECRET';
const status = (code: number, body = ''): Failure => ({ kind: 'status', status: code, body });

test('an error says who, what, and after how many tries, and never the whole address', () => {
  const error = new HttpError(URL_WITH_KEY, status(503, '{\n  "error": "busy" }'), 4);
  assert.equal(error.message, 'api.example.org: status 503 ({ "error": "busy" }), after 4 tries');
  assert.match(new HttpError(URL_WITH_KEY, status(400), 1).message, /after 1 try$/);
  assert.match(new HttpError(URL_WITH_KEY, status(503), 0).message, /before the first try$/);
  assert.doesNotMatch(JSON.stringify({ ...error, message: error.message }), /SECRET|pass/);
});

test('the exit code says whether a later run may succeed', () => {
  const exitOf = (failure: Failure) => new HttpError(URL_WITH_KEY, failure, 1).exitCode;
  assert.equal(exitOf(status(429)), EXIT.tryAgain);
  for (const code of [500, 503]) assert.equal(exitOf(status(code)), EXIT.unavailable);
  for (const code of [401, 403]) assert.equal(exitOf(status(code)), EXIT.permission);
  for (const code of [400, 404]) assert.equal(exitOf(status(code)), EXIT.config);
  assert.equal(exitOf({ kind: 'timeout', message: '' }), EXIT.unavailable);
  assert.equal(exitOf({ kind: 'invalid', about: 'endpoint', message: 'another model' }), EXIT.config);
  const other: Failure = { kind: 'invalid', about: 'endpoint', message: 'another model' };
  const once = new HttpError(URL_WITH_KEY, other, 2, [status(503), other]);
  assert.equal(once.exitCode, EXIT.unavailable, 'a fault of the moment is not the config');
  assert.equal(new BudgetError('requests', 10, 10).exitCode, EXIT.tryAgain);
});

test('the code names the reason', () => {
  assert.equal(new HttpError(URL_WITH_KEY, status(422), 1).code, 'http_422');
  assert.equal(new HttpError(URL_WITH_KEY, { kind: 'timeout', message: '' }, 1).code, 'http_timeout');
});

test('every failure comes with something to do about it', () => {
  const quota = status(429, 'insufficient_quota');
  const failures = [302, 400, 401, 404, 429, 500].map((code) => status(code));
  const hints = [...failures, quota].map((failure) => new HttpError(URL_WITH_KEY, failure, 1).hint);
  assert.equal(new Set(hints).size, hints.length);
  assert.match(hints.at(-1)!, /bill/);
});
