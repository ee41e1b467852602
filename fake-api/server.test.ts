import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Answer } from './answer.ts';
import { DEFAULTS, type FakeApiOptions } from './options.ts';
import { startFakeApi } from './server.ts';
import { vectorOf } from './vector.ts';

async function start(t: TestContext, options: Partial<FakeApiOptions> = {}) {
  const api = await startFakeApi(options);
  t.after(api.stop);
  const ask = (input: readonly string[], headers = {}) =>
    fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: DEFAULTS.model, input }),
    });
  return { api, ask };
}

test('it answers as an embeddings API does, with vectors that are known', async (t) => {
  const { ask } = await start(t);
  const answer = (await (await ask(['hello world', 'b'])).json()) as Answer;
  assert.equal(answer.model, DEFAULTS.model);
  assert.deepEqual(answer.usage, { prompt_tokens: 3, total_tokens: 3 });
  assert.deepEqual(answer.data[1]!.embedding, [...vectorOf('b', 64)]);
});

test('what was served is told, of all and of one text', async (t) => {
  const { api, ask } = await start(t);
  await (await ask(['a', 'b'])).text();
  const stats = (query: string) =>
    fetch(new URL(`/stats${query}`, api.url)).then((response) => response.json());
  assert.deepEqual(await stats('?text=a'), { paid: 1 });
  assert.partialDeepStrictEqual(await stats(''), { requests: 1, paidItems: 2 });
});

test('a key, an address that is not there, too many requests', async (t) => {
  const { api, ask } = await start(t, { key: 'k', requestsPerMinute: 1 });
  assert.equal((await ask(['a'])).status, 401);
  assert.equal((await ask(['a'], { authorization: 'Bearer k' })).status, 200);
  const refused = await ask(['a'], { authorization: 'Bearer k' });
  assert.equal(refused.status, 429);
  assert.match(refused.headers.get('retry-after')!, /^\d+$/);
  assert.equal((await fetch(new URL('/v1/models', api.url))).status, 404);
});

test('errors, resets and bodies that are cut off', async (t) => {
  const failure = async (fault: string) => {
    const { ask } = await start(t, { faults: { [fault]: 1 } });
    const response = await ask(['a', 'b']);
    return response.text().then(
      () => response.status,
      () => 'cut off',
    );
  };
  for (const status of [500, 502, 503, 504]) assert.equal(await failure(String(status)), status);
  await assert.rejects(failure('reset-before'), /fetch failed/);
  assert.equal(await failure('reset-mid-body'), 'cut off');
  assert.equal(await failure('truncated'), 'cut off');
});

test('what was computed is paid, also where it never arrives', async (t) => {
  const { api, ask } = await start(t, { faults: { 'reset-mid-body': 1 } });
  await (await ask(['a', 'b'])).text().catch(() => {});
  assert.partialDeepStrictEqual(api.stats(), {
    paidItems: 2,
    spoiledItems: 2,
    faults: { 'reset-mid-body': 1 },
  });
});

test('it stops while somebody waits for ever', async (t) => {
  for (const fault of ['stall-before', 'stall-mid-body'] as const) {
    const { api, ask } = await start(t, { faults: { [fault]: 1 } });
    const asking = ask(['a']).then((response) => response.text());
    while (api.stats().paidItems === 0) await new Promise(setImmediate);
    await api.stop();
    await assert.rejects(asking);
  }
});

test('the same requests in the same order meet the same faults', async (t) => {
  const outcomes = async (seed: number) => {
    const { ask } = await start(t, {
      seed,
      faults: { 500: 0.2, zeros: 0.2, 'not-json': 0.2 },
      mostInBurst: 2,
    });
    const all: string[] = [];
    for (let i = 0; i < 30; i++) {
      const response = await ask([`text ${i}`]);
      all.push(`${response.status} ${await response.text()}`);
    }
    return all;
  };
  const first = await outcomes(5);
  assert.deepEqual(await outcomes(5), first);
  assert.notDeepEqual(await outcomes(6), first);
});
