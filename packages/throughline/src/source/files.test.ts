import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findFiles } from './files.ts';

async function folder(t: TestContext, name: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'files-'));
  t.after(() => rm(root, { recursive: true }));
  const directory = join(root, name);
  await mkdir(directory);
  return directory;
}

const names = async (patterns: string[], directory: string) =>
  (await findFiles(patterns, directory)).files.map((file) => file.name);

test('the name of the folder is not part of a pattern', async (t) => {
  const directory = await folder(t, 'a[1]*');
  await writeFile(join(directory, 'x.csv'), 'id\n1\n');
  await writeFile(join(directory, '..', 'y.csv'), 'id\n1\n');
  assert.deepEqual(await names(['*.csv', '../y*.csv'], directory), ['x.csv', '../y.csv']);
  assert.deepEqual(await names([join(directory, '..', 'y*.csv')], directory), ['../y.csv']);
});

test('a link to a file is a file, a link to a folder is not, and a broken link is said', async (t) => {
  const directory = await folder(t, 'links');
  await writeFile(join(directory, 'target'), 'id\n1\n');
  await symlink('target', join(directory, 'link.csv'));
  await symlink('.', join(directory, 'folder.csv'));
  assert.deepEqual(await names(['*.csv'], directory), ['link.csv']);
  await symlink('nowhere', join(directory, 'broken.csv'));
  await assert.rejects(names(['*.csv'], directory), /broken\.csv is a link to a file that is not there/);
});
