import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import type { ModelSpec } from '../../model/index.ts';
import { type ArchiveSettings, executorArchive } from './archive.ts';

const run = promisify(execFile);
const TINY = join(import.meta.dirname, '../../../test/tiny-model');
const HASH: ModelSpec = { model: 'hash' };
const HERE = process.arch === 'arm64' ? 'arm64' : 'x64';

/** A cache, and a program in the place of Node: half of the archive, and of no interest here. */
async function place(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'archive-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const node = join(folder, 'node');
  await writeFile(node, '#!/bin/sh\nexec "$REAL_NODE" "$@"\n');
  const cache = join(folder, 'throughline/spark');
  const told: string[] = [];
  const make = (settings: Partial<ArchiveSettings>) =>
    executorArchive({
      ...{ arch: HERE, spec: HASH, node, env: { XDG_CACHE_HOME: folder } },
      ...{ tell: (message: string) => told.push(message), ...settings },
    });
  return { folder, cache, node, told, make };
}

async function unpack(path: string, folder: string): Promise<string[]> {
  await mkdir(folder);
  await run('tar', ['-xzf', path, '-C', folder]);
  return (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

test('without a model it is Node and the worker', async (t) => {
  const { folder, node, make } = await place(t);
  const { path, name, folder: bundle, spec } = await make({});
  assert.deepEqual(spec, HASH);
  assert.equal(name, `archives/${bundle}.tar.gz#${bundle}`);
  const unpacked = join(folder, 'unpacked');
  assert.deepEqual(await unpack(path, unpacked), ['lib/worker.mjs', 'node']);
  assert.deepEqual(await readFile(join(unpacked, 'node')), await readFile(node));
  assert.equal((await stat(join(unpacked, 'node'))).mode & 0o777, 0o755);
});

for (const spec of [{ model: 'minilm' }, { model: 'onnx', folder: TINY }] satisfies ModelSpec[]) {
  test(`with ${spec.model} a worker finds all it needs in it, wherever it is unpacked`, async (t) => {
    const { folder, make } = await place(t);
    const archive = await make({ spec });
    const unpacked = join(folder, 'unpacked');
    const files = await unpack(archive.path, unpacked);
    assert.ok(files.some((file) => file.startsWith('model/')));
    const libraries = files.filter((file) => file.endsWith('.node'));
    assert.equal(libraries.length, 1);
    assert.match(libraries[0]!, new RegExp(`linux/${HERE}/onnxruntime_binding.node$`));
    assert.deepEqual(
      files.filter((file) => /\.(map|ts)$|node_modules\/(adm-zip|global-agent)/.test(file)),
      [],
    );
    const settings = Buffer.from(JSON.stringify({ model: archive.spec })).toString('base64url');
    const child = run(join(unpacked, 'node'), [join(unpacked, 'lib/worker.mjs'), 'embed', settings], {
      cwd: '/',
      env: { REAL_NODE: process.execPath },
    });
    child.child.stdin!.end('{"hash":"h","text":"the card"}\n');
    const { hash, embedding } = JSON.parse((await child).stdout);
    assert.deepEqual([hash, embedding.length], ['h', spec.model === 'minilm' ? 384 : 8]);
  });
}

test('the same contents give the same bytes, in any cache, from files of any age and mode', async (t) => {
  const [one, two] = [await place(t), await place(t)];
  const model = join(two.folder, 'tiny-model');
  await cp(TINY, model, { recursive: true });
  await utimes(join(model, 'config.json'), 1, 1);
  await chmod(join(model, 'config.json'), 0o600);
  const a = await one.make({ spec: { model: 'onnx', folder: TINY } });
  const b = await two.make({ spec: { model: 'onnx', folder: model } });
  assert.equal(a.digest, b.digest);
  assert.ok((await readFile(a.path)).equals(await readFile(b.path)));
});

test('it is made once, and each call unpacks to a folder of its own', async (t) => {
  const { cache, told, make } = await place(t);
  const [one, two] = [await make({}), await make({})];
  assert.equal(told.length, 1);
  assert.equal(one.path, two.path);
  assert.notEqual(one.folder, two.folder);
  assert.equal((await readdir(cache)).length, 1);
});

test('other files of the model, or another architecture, are another archive', async (t) => {
  const { folder, make } = await place(t);
  const model = join(folder, 'tiny-model');
  await cp(TINY, model, { recursive: true });
  const spec: ModelSpec = { model: 'onnx', folder: model };
  const digests = [(await make({ spec })).digest];
  await writeFile(join(model, 'onnx/model.onnx_data'), 'more weights');
  digests.push((await make({ spec })).digest);
  digests.push(
    (await make({ spec, arch: HERE === 'x64' ? 'arm64' : 'x64' })).digest,
    (await make({})).digest,
  );
  assert.equal(new Set(digests).size, 4);
});

test('an old archive goes when there are more than a few, one in use stays', async (t) => {
  const { cache, make } = await place(t);
  const used = await make({});
  const others: string[] = [];
  for (const days of [1, 2, 3, 4, 5]) {
    const path = join(cache, `throughline-x64-${days}.tar.gz`);
    await writeFile(path, '');
    const then = new Date(Date.now() - days * 86_400_000);
    await utimes(path, then, then);
    others.push(path);
  }
  await utimes(used.path, 1, 1);
  await make({});
  await make({ spec: { model: 'onnx', folder: TINY } });
  const left = (await readdir(cache)).map((name) => join(cache, name));
  assert.equal(left.length, 4);
  assert.ok(left.includes(used.path));
  assert.deepEqual(
    others.filter((path) => left.includes(path)),
    others.slice(0, 2),
  );
});

test('what breaks off leaves nothing', async (t) => {
  const { cache, folder, make } = await place(t);
  await assert.rejects(make({ signal: AbortSignal.abort(new Error('enough')) }), /enough/);
  await assert.rejects(make({ node: join(folder, 'nowhere') }), { code: 'ENOENT' });
  assert.deepEqual(await readdir(cache), []);
});

test('a model of a hub, or one that is not there, is refused', async (t) => {
  const { make } = await place(t);
  const hub: ModelSpec = { model: 'hub', id: 'a/b', revision: 'main' };
  await assert.rejects(make({ spec: hub }), { code: 'model_not_fetched' });
  await assert.rejects(make({ spec: { model: 'onnx', folder: '/nowhere' } }), { code: 'model_load' });
});
