import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { IndexManifest } from './manifest.ts';
import { listManifests } from './manifest.ts';
import { removeOldIndexes } from './promote-index.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2024, 0, 1);
const clock = () => NOW;

interface Version {
  /** Minutes since it was made. */
  made: number;
  /** Minutes since its manifest was last written: when it was made unless told. */
  written?: number;
  base?: string;
}

/** What has served is told oldest first, and the last of it is promoted. */
async function lakeOf(t: TestContext, versions: Record<string, Version>, served: string[]) {
  const root = await mkdtemp(join(tmpdir(), 'throughline-promote-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const [version, { made, written = made, base }] of Object.entries(versions)) {
    const folder = join(root, 'indexes', version);
    await mkdir(folder, { recursive: true });
    const manifest: Partial<IndexManifest> = {
      ...{ version, madeAt: NOW - made * MINUTE },
      ...(base !== undefined && { base: { version: base, without: [], gone: 0 } }),
    };
    const path = join(folder, 'manifest.json');
    await writeFile(path, JSON.stringify(manifest));
    const at = new Date(NOW - written * MINUTE);
    await utimes(path, at, at);
  }
  await writeFile(join(root, 'current.json'), JSON.stringify({ index: served.at(-1) }));
  const promoted = served.map((version, at) => ({ version, at }));
  await writeFile(join(root, 'index-history.json'), JSON.stringify({ promoted, withdrawn: [] }));
  const lake = { root, pipeline: { id: 'x', name: 'x' } };
  const left = async () => (await readdir(join(root, 'indexes'))).sort();
  return { lake, left };
}

const keeping = (keep: number) => ({ keep, store: 'zvec' as const });

test('versions are as old as what they were made of, however lately they were measured', async (t) => {
  const versions = { a: { made: 400, written: 1 }, b: { made: 300 }, c: { made: 200 }, d: { made: 100 } };
  const { lake, left } = await lakeOf(t, versions, ['a', 'b', 'c', 'd']);
  assert.deepEqual(await removeOldIndexes(lake, keeping(3), clock), ['a']);
  assert.deepEqual(await left(), ['b', 'c', 'd']);
});

test('what has not served yet takes no place of what has', async (t) => {
  const versions = { a: { made: 90 }, b: { made: 80 }, u: { made: 50 }, v: { made: 40 }, c: { made: 30 } };
  const { lake, left } = await lakeOf(t, versions, ['a', 'b', 'c']);
  assert.deepEqual(await removeOldIndexes(lake, keeping(2), clock), ['a']);
  assert.deepEqual(await left(), ['b', 'c', 'u', 'v']);
});

test('the version that served until now stays where one is kept, unless all is to go at once', async (t) => {
  const versions = { a: { made: 90 }, b: { made: 80 }, c: { made: 70, base: 'a' } };
  const { lake, left } = await lakeOf(t, versions, ['a', 'b', 'c']);
  assert.deepEqual(await removeOldIndexes(lake, keeping(1), clock), []);
  assert.deepEqual(await removeOldIndexes(lake, keeping(1), clock, { atOnce: true }), ['b']);
  assert.deepEqual(await left(), ['a', 'c'], 'the base of what serves stays');
});

test('the version that served until now stays where it is the oldest', async (t) => {
  const versions = { a: { made: 400 }, b: { made: 300 }, c: { made: 200 }, d: { made: 100 } };
  const { lake, left } = await lakeOf(t, versions, ['b', 'c', 'a', 'd']);
  assert.deepEqual(await removeOldIndexes(lake, keeping(2), clock), ['c', 'b']);
  assert.deepEqual(await left(), ['a', 'd']);
});

test('a version whose manifest is damaged is as old as that, and removed like any other', async (t) => {
  const versions = { a: { made: 400 }, b: { made: 300 }, c: { made: 200 } };
  const { lake, left } = await lakeOf(t, versions, ['a', 'b', 'c']);
  const manifest = join(lake.root, 'indexes', 'a', 'manifest.json');
  await writeFile(manifest, '{');
  const at = new Date(NOW - 400 * MINUTE);
  await utimes(manifest, at, at);
  assert.deepEqual(await removeOldIndexes(lake, keeping(2), clock), ['a']);
  assert.deepEqual(await left(), ['b', 'c']);
});

test('a version whose manifest is damaged stays where it is kept, and stops nobody', async (t) => {
  const versions = { a: { made: 400 }, b: { made: 300 }, c: { made: 200 } };
  const { lake, left } = await lakeOf(t, versions, ['a', 'b', 'c']);
  await writeFile(join(lake.root, 'indexes', 'b', 'manifest.json'), '{');
  assert.deepEqual(await removeOldIndexes(lake, keeping(2), clock), ['a']);
  assert.deepEqual(await left(), ['b', 'c']);
  assert.deepEqual((await listManifests(lake)).unreadable, ['b']);
});
