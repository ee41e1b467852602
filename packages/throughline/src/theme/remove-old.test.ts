import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { removeOldThemes } from './remove-old.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2024, 0, 1);
const TABLES = ['themes', 'assignments'];

interface Version {
  name: string;
  /** Minutes since its last file was written. */
  age: number;
  incomplete?: boolean;
}

async function lakeOf(t: TestContext, promoted: string, versions: Version[]) {
  const root = await mkdtemp(join(tmpdir(), 'throughline-themes-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, 'current.json'), JSON.stringify({ themes: promoted }));
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
  return { root, pipeline: { id: 'x', name: 'x' } };
}

test('the promoted version and the last two others stay, of both tables', async (t) => {
  const versions = ['a', 'b', 'c', 'd', 'e'].map((name, i) => ({ name, age: 1_000 - i }));
  const lake = await lakeOf(t, 'b', versions);
  await removeOldThemes(lake, NOW);
  for (const table of TABLES)
    assert.deepEqual((await readdir(join(lake.root, table))).sort(), ['b', 'd', 'e']);
});

test('of incomplete versions those stay that somebody may be working at', async (t) => {
  const lake = await lakeOf(t, 'a', [
    { name: 'a', age: 1_000 },
    { name: 'abandoned', age: 61, incomplete: true },
    { name: 'making', age: 59, incomplete: true },
  ]);
  await rm(join(lake.root, 'themes', 'abandoned'), { recursive: true });
  await removeOldThemes(lake, NOW);
  assert.deepEqual((await readdir(join(lake.root, 'themes'))).sort(), ['a', 'making']);
  assert.deepEqual((await readdir(join(lake.root, 'assignments'))).sort(), ['a', 'making']);
});

test('a lake without themes has nothing to remove', async (t) => {
  await removeOldThemes(await lakeOf(t, 'a', []), NOW);
});
