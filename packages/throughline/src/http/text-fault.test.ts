import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BudgetError, HttpError } from './errors.ts';
import { isOfTexts, isRefusal, reasonOf } from './text-fault.ts';
import type { Failure } from './types.ts';

const errorOf = (failure: Failure, attempts = 1) => new HttpError('http://api.test/', failure, attempts);
const status = (code: number) => errorOf({ kind: 'status', status: code, body: 'no' });
const invalid = (about: 'request' | 'endpoint') => errorOf({ kind: 'invalid', message: 'zeros', about }, 4);

const accepts = async () => {};
const refuses = async () => {
  throw status(400);
};
const unasked = async () => assert.fail('it was asked');

test('a refusal is about the texts where the server has accepted others since', async () => {
  for (const error of [status(400), status(413), status(422)])
    assert.equal(await isOfTexts(error, true, unasked), true);
});

test('otherwise a harmless text decides whether it is the settings, or a server that has begun to fail', async () => {
  assert.equal(await isOfTexts(status(400), false, accepts), true);
  assert.equal(await isOfTexts(status(400), false, refuses), false);
  assert.equal(await isOfTexts(invalid('request'), true, accepts), true);
  assert.equal(await isOfTexts(invalid('request'), true, refuses), false);
});

test('a persistent status 500 is about the texts where a harmless one is embedded', async () => {
  assert.equal(await isOfTexts(status(500), true, accepts), true);
  assert.equal(await isOfTexts(status(500), true, refuses), false);
});

test('keys, addresses, overload, wrong models and the network are never about the texts', async () => {
  for (const code of [401, 403, 404, 429, 502, 503, 504])
    assert.equal(await isOfTexts(status(code), true, unasked), false);
  for (const error of [
    invalid('endpoint'),
    errorOf({ kind: 'timeout', message: '' }),
    new BudgetError('requests', 1, 1),
  ])
    assert.equal(await isOfTexts(error, true, unasked), false);
  const untried = errorOf({ kind: 'status', status: 500, body: '' }, 0);
  assert.equal(await isOfTexts(untried, true, unasked), false);
});

test('a server that fails while the harmless text is asked leaves open what a refusal means', async () => {
  for (const other of [status(500), status(401), errorOf({ kind: 'timeout', message: 'nothing came' })]) {
    const fails = async () => {
      throw other;
    };
    await assert.rejects(isOfTexts(status(400), false, fails), other);
    assert.equal(await isOfTexts(invalid('request'), true, fails), false, 'the error of the texts says more');
  }
});

test('an abort while it asks is thrown', async () => {
  const aborted = async () => {
    throw new Error('enough');
  };
  await assert.rejects(isOfTexts(status(500), true, aborted), /enough/);
});

test('a refusal is certain, and has a reason', () => {
  assert.equal(isRefusal(status(400)), true);
  assert.equal(isRefusal(status(500)), false);
  assert.equal(isRefusal(invalid('request')), false);
  assert.deepEqual(reasonOf([status(422)]), { code: 'http_422', message: 'status 422 (no)' });
});

test('the reason is what most tries met, not what the last one happened to meet', () => {
  const zeros: Failure = { kind: 'invalid', message: 'zeros', about: 'request' };
  const unlucky: Failure = { kind: 'status', status: 500, body: '' };
  const errors = [
    new HttpError('http://api.test/', unlucky, 4, [zeros, unlucky, zeros, unlucky]),
    new HttpError('http://api.test/', unlucky, 4, [zeros, zeros, zeros, unlucky]),
  ];
  assert.deepEqual(reasonOf(errors), { code: 'http_invalid', message: 'zeros' });
});
