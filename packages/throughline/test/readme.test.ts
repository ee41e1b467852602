import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const PACKAGE = join(import.meta.dirname, '..');
const COMPLAINTS = join(PACKAGE, '..', '..', 'demo', 'complaints.csv');

/** The first block of a language in the package's README. */
async function example(language: string): Promise<string> {
  const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(readme)![1]!;
}

test("the README's program runs as it is written", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  await symlink(join(PACKAGE, '..', '..', 'node_modules'), join(folder, 'node_modules'));
  const complaints = await readFile(COMPLAINTS, 'utf8');
  await writeFile(join(folder, 'complaints.csv'), complaints.slice(0, complaints.indexOf('\n', 60_000) + 1));
  await writeFile(join(folder, 'throughline.yaml'), await example('yaml'));
  await writeFile(join(folder, 'example.mts'), await example('ts'));
  const { stdout } = await promisify(execFile)(process.execPath, ['example.mts'], { cwd: folder });
  assert.match(stdout, /^\d+ records, \d+ dead letters\n\d+ 0\.\d+ /);
});
