/** A minute is a moment of virtual time: the same counts on every machine. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DEFAULTS, type FakeApiOptions } from '../../../fake-api/options.ts';
import { openRateLimit } from '../../../fake-api/rate-limit.ts';
import { openHttpClient } from '../src/http/client.ts';
import { DEFAULT_POLICY } from '../src/http/index.ts';
import type { HttpResponse } from '../src/http/types.ts';
import { virtualTime } from './virtual-time.ts';

const REQUEST = { method: 'POST', url: 'http://api.test/', headers: {}, tokens: 100 } as const;
const MINUTES = 5;
const CALLERS = 16;

for (const processes of [1, 3])
  for (const latencyMs of [5, 800])
    for (const limits of [{ requestsPerMinute: 1200 }, { tokensPerMinute: 120_000 }])
      test(`${processes} clients, ${latencyMs} ms, ${JSON.stringify(limits)}: 95 % used, at most 1 % refused`, async () => {
        const { admitted, refused } = await minutes(processes, latencyMs, limits);
        assert.ok(admitted >= 0.95 * 1200 * (MINUTES - 1), `${admitted} were admitted`);
        assert.ok(refused <= 0.01 * admitted, `${refused} were refused`);
      });

/** What the server counted from the second minute on. It bears a second's worth at once. */
async function minutes(processes: number, latencyMs: number, limits: Partial<FakeApiOptions>) {
  const time = virtualTime();
  const limit = openRateLimit({ ...DEFAULTS, ...limits, burstSeconds: 1 }, time.wallClock);
  const counts = { admitted: 0, refused: 0 };
  const transport = async (): Promise<HttpResponse> => {
    await time.sleep(latencyMs / 2);
    const { admitted, headers } = limit.admit(REQUEST.tokens, time.now());
    if (time.now() > 60_000) counts[admitted ? 'admitted' : 'refused']++;
    await time.sleep(latencyMs / 2);
    return { status: admitted ? 200 : 429, headers, body: Buffer.from('') };
  };
  const ofProcess = async () => {
    const policy = { ...DEFAULT_POLICY, ...limits, processes };
    const client = openHttpClient(policy, undefined, { ...time, random: () => 0.5, transport });
    const caller = async () => {
      while (time.now() < MINUTES * 60_000) await client.send(REQUEST, () => ({ value: undefined }));
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
  };
  await time.run(Promise.all(Array.from({ length: processes }, ofProcess)));
  return counts;
}
