import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fetchModel } from './hub.ts';
import { openEmbedder } from './open.ts';
import { embedAll } from './text-failure.ts';
import type { HubSpec } from './types.ts';

const TINY = join(import.meta.dirname, '../../test/tiny-model');
const spec: HubSpec = { model: 'hub', id: 'org/tiny', revision: 'abc123', threads: 1, pooling: 'mean' };

/** A hub with the tiny model: addresses as those of huggingface.co; the first request of one file fails. */
async function hub(t: TestContext, without: readonly string[] = []) {
  const asked: string[] = [];
  const server = createServer(({ url }, response) => {
    const name = /^\/org\/tiny\/resolve\/abc123\/(.+)$/.exec(url!)?.[1];
    asked.push(name ?? url!);
    if (name === undefined || without.includes(name)) return void response.writeHead(404).end();
    if (name === 'config.json' && asked.filter((one) => one === name).length === 1)
      return void response.writeHead(503).end();
    try {
      response.end(readFileSync(join(TINY, name)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cache = await mkdtemp(join(tmpdir(), 'hub-'));
  t.after(async () => {
    server.close();
    await rm(cache, { recursive: true, force: true });
  });
  const { port } = server.address() as AddressInfo;
  const env = { HF_ENDPOINT: `http://127.0.0.1:${port}`, XDG_CACHE_HOME: cache };
  return { asked, env, folder: join(cache, 'throughline/models/org/tiny/abc123') };
}

test('a model is fetched once, through faults, and opens as its folder does', async (t) => {
  const { asked, env, folder } = await hub(t);
  const told: string[] = [];
  const fetched = await fetchModel(spec, { tell: (line) => told.push(line), env });
  assert.deepEqual(fetched, {
    ...{ model: 'onnx', folder, id: 'org/tiny@abc123' },
    threads: 1,
    pooling: 'mean',
  });
  assert.deepEqual(told, ['downloading the model org/tiny at abc123 ...']);
  await using embedder = await openEmbedder(fetched);
  await using local = await openEmbedder({ ...fetched, folder: TINY });
  assert.deepEqual(await embedAll(embedder, ['late fee']), await embedAll(local, ['late fee']));
  assert.equal(embedder.info.digest, local.info.digest);
  const before = asked.length;
  await fetchModel(spec, { env: { ...env, HF_HUB_OFFLINE: '1' } });
  assert.equal(asked.length, before);
});

test('fetched by several at once, it is whole for each, and nothing half is left', async (t) => {
  const { env, folder } = await hub(t);
  await Promise.all(Array.from({ length: 4 }, () => fetchModel(spec, { env })));
  const names = await readdir(folder, { recursive: true });
  assert.deepEqual(
    names.filter((name) => name.includes('.fetching-')),
    [],
  );
  assert.ok(names.includes('.complete-') && names.includes('tokenizer.json'));
});

test('a folder that a kill left unfinished is finished', async (t) => {
  const { env, folder, asked } = await hub(t);
  await fetchModel(spec, { env });
  await rm(join(folder, '.complete-'));
  await rm(join(folder, 'onnx/model.onnx'));
  asked.length = 0;
  await fetchModel(spec, { env });
  assert.ok(asked.includes('onnx/model.onnx') && !asked.includes('tokenizer.json'));
});

test('what the hub lacks, or cannot be asked for, is said', async (t) => {
  const { env } = await hub(t, ['onnx/model.onnx']);
  await assert.rejects(fetchModel(spec, { env }), {
    exitCode: 66,
    message: /org\/tiny@abc123.*no onnx\/model.onnx or model.onnx/,
  });
  await assert.rejects(fetchModel({ ...spec, revision: 'other' }, { env }), /no config.json for it/);
  await assert.rejects(fetchModel(spec, { env: { ...env, HF_HUB_OFFLINE: '1' } }), /HF_HUB_OFFLINE/);
});

test('what the hub does not show to strangers is said to be that, and an interruption ends the download', async (t) => {
  const closed = createServer((_, response) => void response.writeHead(401).end());
  const silent = createServer(() => {});
  const cache = await mkdtemp(join(tmpdir(), 'hub-'));
  const envOf = async (server: typeof closed) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    return { HF_ENDPOINT: `http://127.0.0.1:${port}/`, XDG_CACHE_HOME: cache };
  };
  t.after(() => rm(cache, { recursive: true, force: true }));
  await assert.rejects(fetchModel(spec, { env: await envOf(closed) }), { exitCode: 66, hint: /HF_TOKEN/ });
  const controller = new AbortController();
  const fetching = fetchModel(spec, { env: await envOf(silent), signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 100);
  await assert.rejects(fetching, /enough/);
  const names = await readdir(cache, { recursive: true });
  assert.deepEqual(
    names.filter((name) => name.includes('.fetching-')),
    [],
  );
});
