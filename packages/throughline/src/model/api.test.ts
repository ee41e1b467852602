import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type FakeApiOptions, parseFaults } from '../../../../fake-api/options.ts';
import { startFakeApi } from '../../../../fake-api/server.ts';
import { vectorOf } from '../../../../fake-api/vector.ts';
import { DEFAULT_POLICY } from '../http/index.ts';
import { type ApiEvent, openApi } from './api.ts';
import { embedAll } from './text-failure.ts';
import type { ApiSpec } from './types.ts';

async function served(t: TestContext, options: Partial<FakeApiOptions> = {}, change: Partial<ApiSpec> = {}) {
  const api = await startFakeApi({ dimension: 8, ...options });
  t.after(() => api.stop());
  const spec: ApiSpec = {
    ...{ model: 'api', name: 'fake-embedding', url: api.url, dimension: 8, maxTokens: 512, shorten: false },
    ...{ keyHeader: 'authorization', encoding: 'base64', batch: 32 },
    policy: { ...DEFAULT_POLICY, backoff: { firstMs: 1, factor: 2, mostMs: 10 }, timeoutMs: 2000 },
    ...change,
  };
  return { api, spec };
}

test('passages and questions get their prefixes, and vectors length 1', async (t) => {
  const { api, spec } = await served(t, {}, { queryPrefix: 'query: ', passagePrefix: 'passage: ' });
  await using embedder = openApi(spec);
  const vectors = await embedAll(embedder, ['a', 'b']);
  await embedAll(embedder, ['a'], { kind: 'query' });
  assert.deepEqual(
    ['passage: a', 'passage: b', 'query: a', 'a'].map((text) => api.paidFor(text)),
    [1, 1, 1, 0],
  );
  const expected = vectorOf('passage: b', 8);
  const length = Math.hypot(...expected);
  for (const d of expected.keys()) assert.ok(Math.abs(vectors[8 + d]! - expected[d]! / length) < 1e-6);
});

test('told not to, vectors are left as they come', async (t) => {
  const { spec } = await served(t, {}, { normalize: false });
  await using embedder = openApi(spec);
  assert.deepEqual(await embedAll(embedder, ['a']), vectorOf('a', 8));
});

test('a text that the server refuses is a failure of its own', async (t) => {
  const { spec } = await served(t);
  await using embedder = openApi(spec);
  const { vectors, failures } = await embedder.embed(['a', 'b [[refuse]]', 'c']);
  assert.deepEqual(
    failures.map(({ index, code }) => [index, code]),
    [[1, 'http_400']],
  );
  assert.ok(Number.isNaN(vectors[8]) && !Number.isNaN(vectors[16]));
});

test('the key comes from the environment, and goes into the header that the server wants', async (t) => {
  const { spec } = await served(t, { key: 'secret' }, { keyVariable: 'MY_KEY' });
  await using embedder = openApi(spec, undefined, { MY_KEY: 'secret' });
  assert.equal((await embedAll(embedder, ['a'])).length, 8);
  assert.throws(() => openApi(spec, undefined, {}), { exitCode: 78, message: /MY_KEY is not set/ });
  await using wrong = openApi(spec, undefined, { MY_KEY: 'other' });
  await assert.rejects(embedAll(wrong, ['a']), { exitCode: 77, code: 'http_401' });
});

test('what was asked, counted and decided is told', async (t) => {
  const { spec } = await served(t, { faults: parseFaults('502=0.3'), mostInBurst: 1, seed: 3 });
  const events: ApiEvent[] = [];
  const policy = { ...spec.policy, budget: { pricePerMillionTokens: 1e6 } };
  await using embedder = openApi({ ...spec, policy }, (event) => events.push(event));
  for (let i = 0; i < 20; i++) await embedAll(embedder, [`text ${i}`]);
  const { requests, retries, tokens, money } = embedder.usage!();
  assert.ok(retries > 0 && tokens > 0);
  assert.deepEqual([requests, money], [20 + retries, tokens]);
  assert.equal(events.filter(({ type }) => type === 'retry').length, retries);
});

test('closing ends what is under way', async (t) => {
  const { spec } = await served(t, { latency: { medianMs: 60_000, p99Ms: 60_000 } });
  const embedder = openApi(spec);
  const rejected = assert.rejects(embedder.embed(['a']), /was closed/);
  await embedder.close();
  await rejected;
});
