import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { emptyFolder } from './table.ts';

const run = promisify(execFile);

test('the example in the README runs as it is written, and prints what it says', async (t) => {
  const folder = await emptyFolder(t);
  const packageFolder = dirname(import.meta.dirname);
  const readme = await readFile(join(packageFolder, 'README.md'), 'utf8');
  const example = /```ts\n(.*?)```/s.exec(readme)![1]!;
  await mkdir(join(folder, 'node_modules', '@throughline'), { recursive: true });
  await symlink(packageFolder, join(folder, 'node_modules', '@throughline', 'delta'));
  await writeFile(join(folder, 'example.mts'), example);
  const { stdout } = await run(process.execPath, ['example.mts'], { cwd: folder });
  const promised = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, output]) => output);
  assert.deepEqual(stdout.trimEnd().split('\n'), promised);
  assert.equal(promised.length, 2);
});
