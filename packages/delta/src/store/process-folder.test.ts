import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { emptyFolder } from '../../test/table.ts';
import { processFolder } from './process-folder.ts';

test('folders of killed processes are swept, those of living ones stay', async (t) => {
  const parent = await emptyFolder(t);
  const module = pathToFileURL(join(import.meta.dirname, 'process-folder.ts')).href;
  const script = `const { processFolder } = await import(${JSON.stringify(module)});
    console.log(await processFolder(${JSON.stringify(parent)})); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const theirs = String((await once(child.stdout, 'data'))[0]).trim();
  await writeFile(join(theirs, 'pinned'), 'x');
  const ours = await processFolder(parent);
  assert.deepEqual((await readdir(parent)).sort(), [basename(ours), basename(theirs)].sort());
  assert.equal((await stat(ours)).mode & 0o777, 0o700);
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
  const second = await processFolder(parent);
  assert.deepEqual((await readdir(parent)).sort(), [basename(ours), basename(second)].sort());
});

test('a folder of an earlier process with our id is swept: containers have the same ids again and again', async (t) => {
  const parent = await emptyFolder(t);
  const ours = await processFolder(parent);
  const earlier = basename(ours).replace(String(Math.trunc(performance.timeOrigin)), '1700000000000');
  await mkdir(join(parent, earlier));
  const second = await processFolder(parent);
  assert.deepEqual((await readdir(parent)).sort(), [basename(ours), basename(second)].sort());
});

test('folders of another host stay until nothing changed in them for a week; other names are left alone', async (t) => {
  const parent = await emptyFolder(t);
  const foreign = basename(await processFolder(parent)).replace(/-[0-9a-f]{8}-/, '-00000000-');
  for (const name of [foreign, 'something else']) await mkdir(join(parent, name));
  await processFolder(parent);
  assert.ok((await readdir(parent)).includes(foreign));
  const eightDaysAgo = new Date(Date.now() - 8 * 24 * 3_600_000);
  await utimes(join(parent, foreign), eightDaysAgo, eightDaysAgo);
  await processFolder(parent);
  const names = await readdir(parent);
  assert.ok(!names.includes(foreign) && names.includes('something else'));
});
