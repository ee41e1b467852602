import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt } from './attempt.ts';
import { InvalidResponseError, TransportError } from './errors.ts';
import type { Effects, HttpRequest, HttpResponse } from './types.ts';

const REQUEST: HttpRequest = {
  method: 'POST',
  url: 'http://localhost/',
  headers: { authorization: 'Bearer sk-SECRET-123', 'content-type': 'application/json' },
};
const textOf = (response: HttpResponse) => ({ value: Buffer.from(response.body).toString(), tokens: 7 });

function tried(transport: () => HttpResponse, check: (response: HttpResponse) => unknown = textOf) {
  const effects: Pick<Effects, 'transport' | 'wallClock'> = {
    wallClock: () => 0,
    transport: async () => transport(),
  };
  return attempt(REQUEST, check as typeof textOf, 1000, effects);
}

const responding =
  (status: number, body = '', headers: Record<string, string> = {}) =>
  () => ({
    status,
    headers,
    body: Buffer.from(body),
  });

test('a response of status 2xx is what the check makes of it, with the tokens that were counted', async () => {
  assert.deepEqual(await tried(responding(200, 'good')), { ok: true, value: 'good', tokens: 7 });
  assert.deepEqual(await tried(responding(201, 'made')), { ok: true, value: 'made', tokens: 7 });
});

test('any other status is a failure that costs nothing, with how long to wait', async () => {
  for (const status of [302, 400, 429, 503])
    assert.deepEqual(await tried(responding(status, 'no', { 'retry-after': '2' })), {
      ok: false,
      failure: { kind: 'status', status, body: 'no' },
      askedMs: 2000,
      paid: false,
    });
});

test('an answer that is not what was asked for is paid for, and a failure', async () => {
  const answer = await tried(responding(200, '{'), () => {
    throw new InvalidResponseError('not JSON');
  });
  assert.deepEqual(answer, {
    ok: false,
    failure: { kind: 'invalid', message: 'not JSON', about: 'request' },
    paid: true,
  });
});

test('no answer may be paid for, unless the server was never reached', async () => {
  const broken = (reached: boolean) =>
    tried(() => {
      throw new TransportError('timeout', reached, 'nothing came');
    });
  assert.deepEqual(await broken(true), {
    ok: false,
    failure: { kind: 'timeout', message: 'nothing came' },
    paid: true,
  });
  assert.partialDeepStrictEqual(await broken(false), { ok: false, paid: false });
});

test('a fault of the check itself is thrown', async () => {
  const check = () => {
    throw new TypeError('a bug');
  };
  await assert.rejects(tried(responding(200), check), /a bug/);
});

test('a key that the server repeats is not told', async () => {
  const answer = await tried(responding(401, 'Incorrect API key: sk-SECRET-123 (application/json)'));
  assert.ok(!answer.ok && answer.failure.kind === 'status');
  assert.equal(answer.failure.body, 'Incorrect API key: *** (application/json)');
});
