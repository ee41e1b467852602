import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { type DerivedVersions, removeOldVersions } from './remove-old-versions.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2024, 0, 1);
const TABLES = ['themes', 'assignments'] as const;

interface Version {
  name: string;
  /** Minutes since its last file was written. */
  age: number;
  incomplete?: boolean;
}

async function lakeOf(t: TestContext, promoted: string, versions: Version[]) {
  const root = await mkdtemp(join(tmpdir(), 'throughline-themes-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const { name, age, incomplete } of versions) {
    const at = new Date(NOW - age * MINUTE);
    for (const table of TABLES) {
      const folder = join(root, table, name);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'part.parquet'), '');
      await utimes(join(folder, 'part.parquet'), at, at);
      const long = new Date(0);
      await utimes(folder, long, long);
    }
    if (incomplete) continue;
    const manifest = join(root, 'themes', name, 'manifest.json');
    await writeFile(manifest, '{}');
    await utimes(manifest, at, at);
  }
  const lake = { root, pipeline: { id: 'x', name: 'x' } };
  return {
    root,
    remove: (more: Partial<DerivedVersions> = {}) =>
      removeOldVersions(lake, { folders: TABLES, promoted, ...more }, NOW),
  };
}

test('the promoted version and the last two others stay, of both tables', async (t) => {
  const versions = ['a', 'b', 'c', 'd', 'e'].map((name, i) => ({ name, age: 1_000 - i }));
  const lake = await lakeOf(t, 'b', versions);
  await lake.remove();
  for (const table of TABLES)
    assert.deepEqual((await readdir(join(lake.root, table))).sort(), ['b', 'd', 'e']);
});

test('what says when a version was made orders them, and not when its manifest was written', async (t) => {
  const made: Record<string, number> = { a: 1, b: 3, c: 2, d: 4 };
  const versions = ['d', 'b', 'c', 'a'].map((name, i) => ({ name, age: 1_000 - i }));
  const lake = await lakeOf(t, 'a', versions);
  await lake.remove({ madeAt: async (name) => made[name] });
  assert.deepEqual((await readdir(join(lake.root, 'themes'))).sort(), ['a', 'b', 'd']);
});

test('of incomplete versions those stay that somebody may be working at', async (t) => {
  const lake = await lakeOf(t, 'a', [
    { name: 'a', age: 1_000 },
    { name: 'abandoned', age: 61, incomplete: true },
    { name: 'making', age: 59, incomplete: true },
  ]);
  await rm(join(lake.root, 'themes', 'abandoned'), { recursive: true });
  await lake.remove();
  assert.deepEqual((await readdir(join(lake.root, 'themes'))).sort(), ['a', 'making']);
  assert.deepEqual((await readdir(join(lake.root, 'assignments'))).sort(), ['a', 'making']);
});

test('a lake without themes has nothing to remove', async (t) => {
  await (await lakeOf(t, 'a', [])).remove();
});
