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
import { FORMAT, type IndexContent, type IndexManifest, indexRoot, readManifest } from './manifest.ts';
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

function manifestOf(version: string): IndexManifest {
  return {
    version,
    build: 'b',
    format: FORMAT,
    passagesVersion: 1,
    passages: 1,
    dimension: 2,
    modelDigest: 'm',
    model: { model: 'hash', dimension: 2 },
    mapping: { id: undefined, text: ['text'], timestamp: undefined, attributes: [] },
    madeAt: 0,
    ms: 0,
  };
}

async function publish(lake: Lake, folder: string, version: string): Promise<IndexContent | undefined> {
  return publishIndex(lake, folder, await listIndexFiles(folder), manifestOf(version), NEVER);
}

async function published(t: TestContext): Promise<{ lake: Lake; content: IndexContent }> {
  const lake = { root: emptyLake(), pipeline: { id: 'x', name: 'x' } };
  return { lake, content: (await publish(lake, await built(t), 'v1'))! };
}

async function contents(folder: string): Promise<Record<string, string>> {
  const files = await listIndexFiles(folder);
  const texts = files.map(async ({ path }) => [path, await readFile(join(folder, path), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

test('what was published is what is fetched, empty files too, and nothing else is left beside it', {
  skip,
}, async (t) => {
  const { lake, content } = await published(t);
  assert.deepEqual((await readManifest(lake, 'v1'))?.content, content);
  const copy = await copyOfIndex(lake, 'v1', content);
  assert.deepEqual(await contents(copy), FILES);
  assert.deepEqual(await readdir(copiesFolder(lake)), [basename(copy)]);
});

test('a copy is fetched once: then the lake is not asked for its files any more', { skip }, async (t) => {
  const { lake, content } = await published(t);
  const copy = await copyOfIndex(lake, 'v1', content);
  await openStore(indexRoot(lake, 'v1')).removeFolder(content.folder);
  assert.equal(await copyOfIndex(lake, 'v1', content), copy);
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
    const { lake, content } = await published(t);
    await damage(await copyOfIndex(lake, 'v1', content));
    assert.deepEqual(await contents(await copyOfIndex(lake, 'v1', content)), FILES);
  });
}

test('an index that is damaged in the lake is never opened', { skip }, async (t) => {
  for (const damage of ['replace', 'remove'] as const) {
    const { lake, content } = await published(t);
    await openStore(indexRoot(lake, 'v1'))[damage](`${content.folder}/0/fts/000001.sst`, 'some test');
    await assert.rejects(copyOfIndex(lake, 'v1', content), LakeDamagedError);
    assert.deepEqual(await readdir(copiesFolder(lake)), [], 'nothing is left of it');
  }
});

test('of two runs that publish one version, the first is the version and the files of the other go', {
  skip,
}, async (t) => {
  const { lake, content } = await published(t);
  const folder = await built(t, { '0/vectors': 'y'.repeat(100_000) });
  assert.equal(await publish(lake, folder, 'v1'), undefined);
  assert.deepEqual((await readManifest(lake, 'v1'))?.content, content);
  assert.deepEqual(await openStore(indexRoot(lake, 'v1')).list(''), [content.folder, 'manifest.json'].sort());
});

test('processes that fetch at the same moment, from nothing and over a damaged copy, all get it whole', {
  skip,
}, async (t) => {
  const { lake, content } = await published(t);
  const program = `
    import { copyOfIndex } from ${JSON.stringify(import.meta.resolve('./index-copy.ts'))};
    import { isSound } from ${JSON.stringify(import.meta.resolve('./index-files.ts'))};
    const [lake, content] = JSON.parse(process.argv[1]);
    console.log(await isSound(await copyOfIndex(lake, 'v1', content), content.files));
  `;
  const args = ['--input-type=module-typescript', '-e', program, JSON.stringify([lake, content])];
  for (let round = 0; round < 2; round++) {
    const all = await Promise.all(
      Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, args)),
    );
    assert.deepEqual(
      all.map(({ stdout }) => stdout.trim()),
      ['true', 'true', 'true', 'true'],
    );
    const copy = await copyOfIndex(lake, 'v1', content);
    assert.deepEqual(await contents(copy), FILES);
    assert.equal((await readdir(dirname(copy))).length, 1);
    await writeFile(join(copy, '0/vectors'), 'damaged');
  }
});

test('an index that was used in a folder that was then copied to S3 is built anew', { skip }, async (t) => {
  const lake = { root: emptyLake(), pipeline: { id: 'x', name: 'x' } };
  await openStore(indexRoot(lake, 'v1')).replace('manifest.json', JSON.stringify(manifestOf('v1')));
  assert.equal(await readManifest(lake, 'v1'), undefined);
  const content = await publish(lake, await built(t), 'v1');
  assert.deepEqual((await readManifest(lake, 'v1'))?.content, content);
});

test('a manifest that names files outside of its folder is refused', { skip }, async (t) => {
  const { lake, content } = await published(t);
  for (const path of ['../escaped', '/tmp/escaped', 'a/../../escaped', 'a\\..\\..\\escaped']) {
    const files = [...content.files, { ...content.files[0]!, path }];
    await assert.rejects(copyOfIndex(lake, 'v1', { ...content, files }), LakeDamagedError);
  }
});

test('of the copies of a lake, the six that were used last stay', { skip }, async (t) => {
  const lake = { root: emptyLake(), pipeline: { id: 'x', name: 'x' } };
  const copies: string[] = [];
  for (let version = 1; version <= 8; version++) {
    const content = (await publish(lake, await built(t), `v${version}`))!;
    copies.push(basename(await copyOfIndex(lake, `v${version}`, content)));
    assert.deepEqual(await contents(join(copiesFolder(lake), copies.at(-1)!)), FILES);
  }
  assert.deepEqual((await readdir(copiesFolder(lake))).sort(), copies.slice(-6).sort());
});
