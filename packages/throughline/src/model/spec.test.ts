import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../config/index.ts';
import { modelInfo } from './open.ts';
import { keptSpec, specOf } from './spec.ts';
import type { ApiSpec } from './types.ts';

function spec(embed: object) {
  const text = JSON.stringify({ name: 'x', source: { type: 'csv', path: 'a.csv', text: 't' }, embed });
  return specOf(parseConfig(text, 'throughline.yaml', { env: {} }).embed, '/pipelines/x');
}

test('each way to name a model is the model that it names', () => {
  assert.deepEqual(spec({}), { model: 'minilm' });
  assert.deepEqual(spec({ model: 'hash', dimension: 64, threads: 2 }), {
    ...{ model: 'hash', threads: 2, dimension: 64 },
  });
  assert.deepEqual(spec({ model: 'onnx:models/bge', pooling: 'cls' }), {
    ...{ model: 'onnx', folder: '/pipelines/x/models/bge', pooling: 'cls' },
  });
  assert.deepEqual(
    spec({ model: 'hub:Xenova/bge-small-en-v1.5@abc123', file: 'onnx/model_quantized.onnx' }),
    {
      ...{ model: 'hub', id: 'Xenova/bge-small-en-v1.5', revision: 'abc123' },
      file: 'onnx/model_quantized.onnx',
    },
  );
  const command = spec({ command: ['python3', 'embed.py'], dimension: 384 });
  assert.deepEqual([command.model, 'directory' in command && command.directory], ['command', '/pipelines/x']);
});

test("OpenAI's models are known, and another server's must say its dimension", () => {
  const small = spec({ model: 'openai:text-embedding-3-small' }) as ApiSpec;
  assert.equal(small.url, 'https://api.openai.com/v1/embeddings');
  assert.deepEqual([small.dimension, small.maxTokens, small.shorten], [1536, 8191, false]);
  assert.equal(small.keyVariable, 'OPENAI_API_KEY');
  const short = spec({ model: 'openai:text-embedding-3-large', dimension: 256 }) as ApiSpec;
  assert.deepEqual([short.dimension, short.shorten], [256, true]);
  const url = 'http://127.0.0.1:8080/v1/';
  const own = spec({ model: 'openai:bge', url, dimension: 384 }) as ApiSpec;
  assert.deepEqual(
    [own.url, own.keyVariable, own.maxTokens],
    ['http://127.0.0.1:8080/v1/embeddings', undefined, 512],
  );
  assert.throws(() => spec({ model: 'openai:bge', url }), {
    exitCode: 78,
    message: /embed.dimension is missing/,
  });
  assert.throws(() => spec({ command: ['embed'] }), { exitCode: 78, message: /embed.dimension is missing/ });
});

test("Azure's address keeps its query, and its key its header", () => {
  const url = 'https://x.openai.azure.com/openai/deployments/small/embeddings?api-version=2024-10-21';
  const azure = spec({
    ...{ model: 'openai:text-embedding-3-small', url },
    ...{ keyVariable: 'AZURE_KEY', keyHeader: 'api-key' },
  }) as ApiSpec;
  assert.deepEqual([azure.url, azure.keyVariable, azure.keyHeader], [url, 'AZURE_KEY', 'api-key']);
});

test('limits, tries and budget are those of the config', () => {
  const { policy } = spec({
    model: 'openai:text-embedding-3-small',
    limits: { rpm: 600, tpm: 1e6, processes: 3, concurrency: 2 },
    requests: { timeout: '5s', retries: 1, wait: '2s', longestWait: '8s', deadline: '1m' },
    budget: { money: 2 },
    price: { perMillionTokens: 0.02 },
  }) as ApiSpec;
  assert.deepEqual(policy, {
    ...{ timeoutMs: 5000, retries: 1, deadlineMs: 60_000, processes: 3 },
    backoff: { firstMs: 2000, factor: 2, mostMs: 8000 },
    concurrency: { start: 2, most: 2 },
    breaker: { failures: 10, pauseMs: 30_000 },
    budget: { money: 2, pricePerMillionTokens: 0.02 },
    ...{ requestsPerMinute: 600, tokensPerMinute: 1e6 },
  });
});

test('the digest is of what shapes vectors, not of the road to the server', async () => {
  const digest = async (embed: object) => (await modelInfo(spec(embed))).digest;
  const base = { model: 'openai:bge', url: 'http://a/v1', dimension: 64 };
  const same = [{ url: 'http://b/v1' }, { batch: 7 }, { limits: { rpm: 9 } }, { keyVariable: 'K' }];
  const other = [{ dimension: 65 }, { passagePrefix: 'p: ' }, { normalize: false }, { revision: '2' }];
  for (const change of same) assert.equal(await digest({ ...base, ...change }), await digest(base));
  for (const change of other) assert.notEqual(await digest({ ...base, ...change }), await digest(base));
});

test('what would have no effect, or could not be kept to, is refused', () => {
  const url = 'http://a/v1';
  const small = 'openai:text-embedding-3-small';
  const cases: [object, RegExp][] = [
    [{ model: 'onnx:m', url }, /embed.url is not a setting of onnx/],
    [{ dimension: 64 }, /embed.dimension is not a setting of minilm/],
    [{ command: ['x'], dimension: 3, pooling: 'cls' }, /embed.pooling is not a setting of command/],
    [{ command: ['x'], dimension: 3, model: 'hash' }, /are two models/],
    [{ model: small, budget: { money: 5 } }, /needs a price/],
    [{ model: small, url: 'http://user:secret@a/v1' }, /holds a name or a password/],
  ];
  for (const [embed, message] of cases) assert.throws(() => spec(embed), { exitCode: 78, message });
});

test('a lake keeps nothing of a model that may hold a secret', () => {
  assert.equal(
    keptSpec(spec({ model: 'openai:bge', url: 'http://a/v1?key=secret', dimension: 3 })),
    undefined,
  );
  assert.equal(keptSpec(spec({ command: ['x', 'secret'], dimension: 3 })), undefined);
  assert.deepEqual(keptSpec(spec({ threads: 3 })), { model: 'minilm' });
});

test('a name that is no model, and a key where its variable belongs, are errors of the config', () => {
  for (const model of ['bert', 'openai:', 'hub:bge@main', 'hub:a/b'])
    assert.throws(() => spec({ model }), { exitCode: 78, message: /a model is minilm, hash, openai:NAME/ });
  assert.throws(() => spec({ keyVariable: 'sk-123' }), { exitCode: 78, message: /not the key itself/ });
});
