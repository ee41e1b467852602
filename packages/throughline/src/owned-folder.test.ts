import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import test from 'node:test';
import { thisProcess } from './chunk/owner.ts';
import { makeOwnedFolder } from './owned-folder.ts';

test('a folder of a process that is gone is removed; those of the living and of other hosts stay', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'owned-'));
  t.after(() => rm(parent, { recursive: true }));
  const child = spawn('sleep', ['60']);
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8');
  const parts = thisProcess().split('/');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
  const owner = [...parts.slice(0, -2), String(child.pid), start].join('/');
  const theirs = join(parent, `work-${encodeURIComponent(owner)}-abc123`);
  const elsewhere = join(
    parent,
    `work-${encodeURIComponent(['other-host', ...parts.slice(1)].join('/'))}-abc123`,
  );
  for (const folder of [theirs, elsewhere, join(parent, 'work-%-x'), join(parent, 'another')])
    await mkdir(folder);
  await writeFile(join(theirs, 'file'), 'left behind');

  const first = await makeOwnedFolder(parent, 'work-');
  assert.ok((await readdir(parent)).includes(basename(theirs)), 'its process runs');
  child.kill('SIGKILL');
  await once(child, 'close');
  const second = await makeOwnedFolder(parent, 'work-');
  const left = [first, second, elsewhere, 'work-%-x', 'another'].map((path) => basename(path));
  assert.deepEqual((await readdir(parent)).sort(), left.sort());
});
