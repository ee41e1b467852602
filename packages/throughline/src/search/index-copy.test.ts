import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { openStore } from '@throughline/delta/store';
import { emptyLake, s3ForTests } from '../../test/s3.ts';
import { LakeDamagedError } from '../lake/errors.ts';
import type { Lake } from '../lake/lake.ts';
import { copiesFolder, copyOfIndex } from './index-copy.ts';
import { listIndexFiles } from './index-files.ts';
import { type IndexManifest, indexRoot, readManifest } from './manifest.ts';
import { publishIndex } from './publish-index.ts';

const { skip } = await s3ForTests();

const FILES = {
  CURRENT: 'one\n',
  '0/LOG': '',
  '0/fts/000001.sst': 'some text',
  '0/vectors': 'x'.repeat(100_000),
};
const NEVER = new AbortController().signal;

/** A folder with the files of an index, as a build leaves it. */
async function built(t: TestContext, more: Record<string, string> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-built-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries({ ...FILES, ...more })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function manifestOf(folder: string, version: string): Promise<Omit<IndexManifest, 'folder'>> {
  return {
    version,
    build: 'b',
    passagesVersion: 1,
    passages: 1,
    dimension: 2,
    modelDigest: 'm',
    model: { model: 'hash', dimension: 2 },
    mapping: { id: undefined, text: ['text'], timestamp: undefined, attributes: [] },
    ms: 0,
    files: await listIndexFiles(folder),
  };
}

async function published(t: TestContext): Promise<{ lake: Lake; manifest: IndexManifest }> {
  const lake = { root: emptyLake(), pipeline: { id: 'x', name: 'x' } };
  const folder = await built(t);
  const { manifest } = await publishIndex(lake, folder, await manifestOf(folder, 'v1'), NEVER);
  return { lake, manifest };
}

async function contents(folder: string): Promise<Record<string, string>> {
  const files = await listIndexFiles(folder);
  const texts = files.map(async ({ path }) => [path, await readFile(join(folder, path), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

test('what was published is what is fetched, empty files too, and nothing else is left beside it', {
  skip,
}, async (t) => {
  const { lake, manifest } = await published(t);
  assert.deepEqual(await readManifest(lake, 'v1'), JSON.parse(JSON.stringify(manifest)));
  const copy = await copyOfIndex(lake, manifest);
  assert.deepEqual(await contents(copy), FILES);
  assert.deepEqual(await readdir(copiesFolder(lake)), [basename(copy)]);
});

test('a copy is fetched once: then the lake is not asked for its files any more', { skip }, async (t) => {
  const { lake, manifest } = await published(t);
  const copy = await copyOfIndex(lake, manifest);
  await openStore(indexRoot(lake, 'v1')).removeFolder(manifest.folder);
  assert.equal(await copyOfIndex(lake, manifest), copy);
});

const DAMAGE: Record<string, (copy: string) => Promise<unknown>> = {
  'a byte is another one': (copy) => writeFile(join(copy, '0/vectors'), `y${'x'.repeat(99_999)}`),
  'a file is cut off': (copy) => truncate(join(copy, '0/vectors'), 10),
  'a file is gone': (copy) => rm(join(copy, '0/LOG')),
  'all but the folder is gone': async (copy) => {
    await rm(copy, { recursive: true });
    await mkdir(copy);
  },
};
for (const [what, damage] of Object.entries(DAMAGE)) {
  test(`a damaged copy, ${what}: it is fetched anew`, { skip }, async (t) => {
    const { lake, manifest } = await published(t);
    await damage(await copyOfIndex(lake, manifest));
    assert.deepEqual(await contents(await copyOfIndex(lake, manifest)), FILES);
  });
}

test('an index that is damaged in the lake is never opened', { skip }, async (t) => {
  for (const damage of ['replace', 'remove'] as const) {
    const { lake, manifest } = await published(t);
    await openStore(indexRoot(lake, 'v1'))[damage](`${manifest.folder}/0/fts/000001.sst`, 'some test');
    await assert.rejects(copyOfIndex(lake, manifest), LakeDamagedError);
    assert.deepEqual(await readdir(copiesFolder(lake)), [], 'nothing is left of it');
  }
});

test('of two runs that publish one version, the first is the version and the files of the other go', {
  skip,
}, async (t) => {
  const { lake, manifest } = await published(t);
  const folder = await built(t, { '0/vectors': 'y'.repeat(100_000) });
  const second = await publishIndex(lake, folder, await manifestOf(folder, 'v1'), NEVER);
  assert.equal(second.isOurs, false);
  assert.equal(second.manifest.folder, manifest.folder);
  assert.deepEqual(
    await openStore(indexRoot(lake, 'v1')).list(''),
    [manifest.folder, 'manifest.json'].sort(),
  );
});

test('processes that fetch at the same moment, from nothing and over a damaged copy, all get it whole', {
  skip,
}, async (t) => {
  const { lake, manifest } = await published(t);
  const program = `
    import { copyOfIndex } from ${JSON.stringify(import.meta.resolve('./index-copy.ts'))};
    import { isSound } from ${JSON.stringify(import.meta.resolve('./index-files.ts'))};
    const [lake, manifest] = JSON.parse(process.argv[1]);
    console.log(await isSound(await copyOfIndex(lake, manifest), manifest.files));
  `;
  const args = ['--input-type=module-typescript', '-e', program, JSON.stringify([lake, manifest])];
  for (let round = 0; round < 2; round++) {
    const all = await Promise.all(
      Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, args)),
    );
    assert.deepEqual(
      all.map(({ stdout }) => stdout.trim()),
      ['true', 'true', 'true', 'true'],
    );
    const copy = await copyOfIndex(lake, manifest);
    assert.deepEqual(await contents(copy), FILES);
    assert.equal((await readdir(dirname(copy))).length, 1);
    await writeFile(join(copy, '0/vectors'), 'damaged');
  }
});

test('a manifest that names files outside of its folder is refused', { skip }, async (t) => {
  const { lake, manifest } = await published(t);
  for (const path of ['../escaped', '/tmp/escaped', 'a/../../escaped', 'a\\..\\..\\escaped']) {
    const files = [...manifest.files, { ...manifest.files[0]!, path }];
    await assert.rejects(copyOfIndex(lake, { ...manifest, files }), LakeDamagedError);
  }
});

test('of the copies of a lake, the three that were used last stay', { skip }, async (t) => {
  const lake = { root: emptyLake(), pipeline: { id: 'x', name: 'x' } };
  const copies: string[] = [];
  for (let version = 1; version <= 5; version++) {
    const folder = await built(t);
    const { manifest } = await publishIndex(lake, folder, await manifestOf(folder, `v${version}`), NEVER);
    copies.push(basename(await copyOfIndex(lake, manifest)));
    assert.deepEqual(await contents(join(copiesFolder(lake), copies.at(-1)!)), FILES);
  }
  assert.deepEqual((await readdir(copiesFolder(lake))).sort(), copies.slice(-3).sort());
});
