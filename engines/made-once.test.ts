import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { madeOnce } from './made-once.ts';

/** An empty cache for one test. */
async function emptyCache(t: TestContext): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'made-once-'));
  const before = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = folder;
  t.after(async () => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    await rm(folder, { recursive: true, force: true });
  });
}

test('of many who ask at once one makes the folder, and other contents are another folder', async (t) => {
  await emptyCache(t);
  let made = 0;
  const make = async (directory: string) => {
    made++;
    await mkdir(directory);
    await writeFile(join(directory, 'file'), 'whole');
  };
  const folders = await Promise.all(Array.from({ length: 5 }, () => madeOnce('kind', ['a'], make)));
  assert.equal(made, 1);
  assert.equal(new Set(folders).size, 1);
  assert.equal(await readFile(join(folders[0]!, 'file'), 'utf8'), 'whole');
  assert.notEqual(await madeOnce('kind', ['b'], make), folders[0]);
});

test('what failed half way is made anew, from nothing', async (t) => {
  await emptyCache(t);
  const fails = madeOnce('kind', ['a'], async (directory) => {
    await mkdir(directory);
    await writeFile(join(directory, 'half'), '');
    throw new Error('the disk is full');
  });
  await assert.rejects(fails, /the disk is full/);
  const folder = await madeOnce('kind', ['a'], async (directory) => {
    await mkdir(directory); // fails where a folder was left
  });
  await assert.rejects(readFile(join(folder, 'half')), { code: 'ENOENT' });
});
