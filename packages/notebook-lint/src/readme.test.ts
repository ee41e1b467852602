import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

test('the example of the README runs as it is written, and prints what the README says', async (t) => {
  const packageFolder = dirname(import.meta.dirname);
  const readme = await readFile(join(packageFolder, 'README.md'), 'utf8');
  const [, example, output] = /```ts\n(.*?)```.*?```text\n(.*?)```/s.exec(readme)!;
  const folder = await mkdtemp(join(tmpdir(), 'throughline-lint-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'node_modules', '@throughline'), { recursive: true });
  await symlink(packageFolder, join(folder, 'node_modules', '@throughline', 'notebook-lint'));
  await writeFile(join(folder, 'example.mts'), example!);
  const { stdout } = await promisify(execFile)(process.execPath, ['example.mts'], { cwd: folder });
  assert.equal(stdout, output);
});
