import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULTS, type FakeApiOptions } from './options.ts';
import { openRateLimit } from './rate-limit.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const open = (options: Partial<FakeApiOptions>) => openRateLimit({ ...DEFAULTS, ...options }, () => NOON);

test('a minute has as many requests as its limit, when the burst is over', () => {
  const limit = open({ requestsPerMinute: 60, burstSeconds: 10 });
  let admitted = 0;
  for (let now = 0; now < 60_000; now += 100) if (limit.admit(1, now).admitted) admitted++;
  assert.equal(admitted, 69);
});

test('tokens are counted as well, and nothing is taken of a request that is refused', () => {
  const limit = open({ requestsPerMinute: 60, tokensPerMinute: 600, burstSeconds: 10 });
  assert.equal(limit.admit(90, 0).admitted, true);
  const { admitted, headers } = limit.admit(50, 0);
  assert.equal(admitted, false);
  assert.equal(headers['x-ratelimit-remaining-requests'], '9');
  assert.equal(headers['x-ratelimit-remaining-tokens'], '10');
  assert.equal(headers['x-ratelimit-limit-tokens'], '600');
  assert.equal(headers['x-ratelimit-reset-tokens'], '9000ms');
  assert.equal(limit.admit(50, 4000).admitted, true);
});

test('it says when to come back in each way, or not at all', () => {
  const said = (retryAfter: FakeApiOptions['retryAfter']) => {
    const limit = open({ requestsPerMinute: 40, burstSeconds: 0, retryAfter });
    limit.admit(1, 0);
    const { headers } = limit.admit(1, 0);
    return [headers['retry-after'], headers['retry-after-ms']];
  };
  assert.deepEqual(said('seconds'), ['2', undefined]);
  assert.deepEqual(said('date'), ['Thu, 01 Jan 2026 12:00:02 GMT', undefined]);
  assert.deepEqual(said('ms'), [undefined, '1500']);
  assert.deepEqual(said('none'), [undefined, undefined]);
});

test('who comes back when it was told is admitted', () => {
  const limit = open({ requestsPerMinute: 40, burstSeconds: 0, retryAfter: 'ms' });
  limit.admit(1, 0);
  const ms = Number(limit.admit(1, 100).headers['retry-after-ms']);
  assert.equal(limit.admit(1, 100 + ms).admitted, true);
});

test('without limits there is none', () => {
  const limit = open({});
  for (let i = 0; i < 1000; i++) assert.deepEqual(limit.admit(1e9, 0), { admitted: true, headers: {} });
});
