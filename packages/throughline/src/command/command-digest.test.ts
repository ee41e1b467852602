import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { filesBelow, programDigest } from './command-digest.ts';

test('a program is its words, the files that they name, and what files: names, folders with all in them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'digest-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'words/__pycache__'), { recursive: true });
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  await write('clean.py', 'a');
  await write('words/b.txt', 'b');
  await write('words/__pycache__/x.pyc', 'x');
  const digest = (files?: string[], word = 'clean.py') =>
    programDigest({ command: ['python3', word], files }, folder);
  assert.deepEqual(await filesBelow(['words', 'clean.py'], folder), ['clean.py', 'words/b.txt']);
  const [plain, whole] = [await digest(), await digest(['words'])];
  assert.notEqual(plain, whole);
  await write('words/__pycache__/x.pyc', 'y');
  assert.equal(await digest(['words']), whole, 'what Python keeps is no part of it');
  await write('words/b.txt', 'c');
  assert.equal(await digest(), plain);
  assert.notEqual(await digest(['words']), whole);
  await write('clean.py', 'b');
  assert.notEqual(await digest(), plain);
  assert.notEqual(await digest(undefined, 'other.py'), await digest());
  await assert.rejects(digest(['none']), { code: 'file_missing', exitCode: 66 });
});
