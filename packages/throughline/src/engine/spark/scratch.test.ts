import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openStore } from '@throughline/delta/store';
import { leasePath } from '../../chunk/lease.ts';
import { thisProcess } from '../../chunk/owner.ts';
import { openScratch } from './scratch.ts';

async function lake(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'scratch-test-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const store = openStore(root);
  const write = (run: string) => store.replace(`scratch/runs/${run}/rows/part-0.parquet`, 'rows');
  return { root, store, write, left: () => store.list('scratch/runs') };
}

/** A process of this host that has ended, and one of another host. */
const DEAD = thisProcess().replace(/[^/]+$/, '1');
const ELSEWHERE = `elsewhere${thisProcess().slice(thisProcess().indexOf('/'))}`;

test('a folder goes with its run, part by part or whole', async (t) => {
  const { root, store, write } = await lake(t);
  const scratch = await openScratch(root, 'mine');
  assert.deepEqual(scratch.folder, ['scratch', 'runs', 'mine']);
  await write('mine');
  await store.replace('scratch/runs/mine/r1/part-0.parquet', 'rows');
  await scratch.removePart('r1');
  assert.deepEqual(await readdir(join(root, 'scratch/runs/mine')), ['rows']);
  await scratch.remove();
  assert.deepEqual(await readdir(join(root, 'scratch/runs')), []);
  assert.deepEqual(await readdir(join(root, 'scratch/owners')), []);
});

test('of other runs it takes what is left of those that have ended, and no more', async (t) => {
  const { root, store, write, left } = await lake(t);
  const owners = { alive: thisProcess(), dead: DEAD, elsewhere: ELSEWHERE };
  for (const [run, owner] of Object.entries(owners)) {
    await write(run);
    await store.replace(`scratch/owners/${run}`, owner);
  }
  // The cluster wrote on after the run's folder was removed.
  await write('ended');
  await openScratch(root, 'mine');
  assert.deepEqual(await left(), ['alive', 'elsewhere']);
});

test('a process of another host is gone when its heart has not beaten for a day', async (t) => {
  const { root, store, write, left } = await lake(t);
  await write('elsewhere');
  await store.replace('scratch/owners/elsewhere', ELSEWHERE);
  const age = (path: string, hours: number) =>
    utimes(join(root, path), new Date(), new Date(Date.now() - hours * 3_600_000));
  await age('scratch/owners/elsewhere', 30);
  await store.replace(leasePath(ELSEWHERE), '7\n');
  await openScratch(root, 'first');
  assert.deepEqual(await left(), ['elsewhere'], 'it beats');
  await age(leasePath(ELSEWHERE), 25);
  await openScratch(root, 'second');
  assert.deepEqual(await left(), []);
});
