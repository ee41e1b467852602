import assert from 'node:assert/strict';
import http, { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { MARKS } from '../../../../fake-api/asked.ts';
import type { FakeApiOptions } from '../../../../fake-api/options.ts';
import { startFakeApi } from '../../../../fake-api/server.ts';
import { vectorOf } from '../../../../fake-api/vector.ts';
import { type EmbeddingsEvent, type EmbeddingsSpec, openEmbeddings } from './embeddings.ts';
import { HttpError } from './errors.ts';
import { DEFAULT_POLICY, openHttpClient } from './index.ts';

const QUICK = {
  ...DEFAULT_POLICY,
  timeoutMs: 2000,
  backoff: { firstMs: 1, factor: 2, mostMs: 5 },
  breaker: { failures: 10, pauseMs: 20 },
};
const texts = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `text ${from + i}`);

async function open(t: TestContext, options: Partial<FakeApiOptions>, spec: Partial<EmbeddingsSpec> = {}) {
  const api = await startFakeApi({ dimension: 8, ...options });
  t.after(api.stop);
  const events: EmbeddingsEvent[] = [];
  const whole = { url: api.url, model: 'fake-embedding', dimension: 8, ...spec };
  const embeddings = openEmbeddings(whole, openHttpClient(QUICK), (event) => events.push(event));
  return { api, events, embeddings };
}

test('vectors come in the order of the texts, in both encodings, with the tokens', async (t) => {
  for (const encoding of ['base64', 'float'] as const) {
    const { embeddings } = await open(t, { faults: { shuffled: 1 } }, { encoding });
    const { vectors, failures, tokens } = await embeddings.embed(texts(5));
    assert.deepEqual(
      [...vectors],
      texts(5).flatMap((text) => [...vectorOf(text, 8)]),
    );
    assert.deepEqual(failures, []);
    assert.equal(tokens, 10);
  }
});

test('a shorter dimension is asked for', async (t) => {
  const { embeddings } = await open(t, {}, { dimension: 4, shorten: true });
  assert.deepEqual([...(await embeddings.embed(['a'])).vectors], [...vectorOf('a', 4)]);
});

test('no texts are no request', async (t) => {
  const { embeddings, api } = await open(t, {});
  assert.equal((await embeddings.embed([])).vectors.length, 0);
  assert.equal(api.stats().requests, 0);
});

test('a text that is refused, unusable or crashes the server is alone in failing, with its reason', async (t) => {
  const { embeddings, api, events } = await open(t, {});
  const all = texts(32);
  all[3] += MARKS.refused;
  all[17] += MARKS.nan;
  all[18] += MARKS.crash;
  const { vectors, failures } = await embeddings.embed(all);
  assert.deepEqual(
    failures.map(({ index, code }) => [index, code]),
    [
      [3, 'http_400'],
      [17, 'http_invalid'],
      [18, 'http_500'],
    ],
  );
  assert.match(failures[0]!.message, /content policy/);
  for (const [i, text] of all.entries()) {
    const vector = [...vectors.subarray(i * 8, i * 8 + 8)];
    const isBad = [3, 17, 18].includes(i);
    assert.deepEqual(vector, isBad ? Array(8).fill(Number.NaN) : [...vectorOf(text, 8)]);
    assert.equal(isBad || api.paidFor(text) === 1, true, `${text} was paid ${api.paidFor(text)} times`);
  }
  const told = events.flatMap((event) => (event.type === 'text-failed' ? [event.failure] : []));
  assert.deepEqual(
    told.sort((a, b) => a.index - b.index),
    failures,
  );
});

test('too many texts for one request are asked for in halves', async (t) => {
  const { embeddings, api } = await open(t, { mostTexts: 10 });
  const { failures } = await embeddings.embed(texts(40));
  assert.deepEqual(failures, []);
  assert.equal(api.stats().statuses[413], 3);
});

test('one unusable vector does not make the others be paid again', async (t) => {
  const { embeddings, api } = await open(t, { faults: { zeros: 0.5 }, seed: 3 });
  for (let i = 0; i < 10; i++) await embeddings.embed(texts(20, i * 20));
  const { faults, paidItems } = api.stats();
  assert.ok(faults.zeros! > 2);
  assert.equal(paidItems, 200 + faults.zeros!);
});

test('a key that is refused, a model that is not there: at once, and nothing is split', async (t) => {
  const noKey = await open(t, { key: 'right' }, { headers: { authorization: 'Bearer wrong' } });
  await assert.rejects(noKey.embeddings.embed(texts(8)), { code: 'http_401' });
  assert.equal(noKey.api.stats().requests, 1);
  const noModel = await open(t, {}, { model: 'unknown' });
  await assert.rejects(noModel.embeddings.embed(texts(8)), { code: 'http_404' });
  assert.equal(noModel.api.stats().requests, 1);
});

test('where a server begins to fail after it has worked, it is not taken for the texts', async (t) => {
  const working = await open(t, {});
  await working.embeddings.embed(texts(8));
  for (const [status, body] of [
    [400, '{"error":"No models loaded"}'],
    [200, '{"error":"overloaded"}'],
  ] as const) {
    let asked = 0;
    const failing = createServer(async (request, response) => {
      if (asked++ > 0)
        return void response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      const { port } = new URL(working.api.url);
      const forwarded = request.pipe(
        http.request({ ...{ port, path: request.url, method: request.method }, headers: request.headers }),
      );
      forwarded.on('response', (answer) =>
        answer.pipe(response.writeHead(answer.statusCode!, answer.headers)),
      );
    });
    await new Promise<void>((resolve) => failing.listen(0, '127.0.0.1', resolve));
    t.after(() => failing.close());
    const url = `http://127.0.0.1:${(failing.address() as AddressInfo).port}/v1/embeddings`;
    const { embeddings, events } = await open(t, {}, { url });
    assert.equal((await embeddings.embed(texts(8))).failures.length, 0);
    await assert.rejects(embeddings.embed(texts(16, 100)), HttpError);
    assert.ok(!events.some(({ type }) => type === 'text-failed'));
  }
});

test('where the settings are refused, it is not taken for the texts', async (t) => {
  const { embeddings, api } = await open(t, {}, { dimension: 9, shorten: true });
  await assert.rejects(embeddings.embed(texts(64)), { code: 'http_400' });
  assert.equal(api.stats().requests, 2);
});

test('a server that always has another dimension fails, and nothing is split', async (t) => {
  const { embeddings, events } = await open(t, {}, { dimension: 9 });
  await assert.rejects(embeddings.embed(texts(64)), (error) => {
    assert.ok(error instanceof HttpError);
    assert.match(error.message, /8 numbers instead of 9, after 4 tries/);
    return true;
  });
  assert.deepEqual(events, []);
});

test('the same vector for different texts is accepted, and told', async (t) => {
  const { embeddings, events } = await open(t, { faults: { 'same-vector': 1 } });
  const { failures } = await embeddings.embed(texts(5));
  assert.deepEqual(failures, []);
  assert.deepEqual(events, [{ type: 'same-vector', texts: 4 }]);
});

test('the answer to an earlier request is asked for again', async (t) => {
  const { embeddings, api } = await open(t, { faults: { 'earlier-answer': 0.4 } });
  for (let i = 0; i < 20; i++) {
    const { vectors } = await embeddings.embed(texts(3, i * 3));
    assert.deepEqual(
      [...vectors],
      texts(3, i * 3).flatMap((text) => [...vectorOf(text, 8)]),
    );
  }
  assert.ok(api.stats().faults['earlier-answer']! > 3);
});

test('an abort ends the call', async (t) => {
  const { embeddings } = await open(t, { latency: { medianMs: 60_000, p99Ms: 60_000 } });
  const controller = new AbortController();
  const embedding = embeddings.embed(texts(3), { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await assert.rejects(embedding, /^Error: enough$/);
});
