import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '@throughline/delta/store';
import { emptyLake, s3ForTests } from '../../test/s3.ts';
import { startHeartbeat, watchLeases } from './lease.ts';

const { skip } = await s3ForTests();

const LEASE_MS = 60_000;

async function lake(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'lease-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** Leases as an observer sees them whose clock and neighbours the test decides. */
function observer(root: string, alive: boolean | undefined) {
  const world = { now: 0, alive };
  const leases = watchLeases(root, LEASE_MS, { now: () => world.now, isAlive: () => world.alive });
  return { world, holds: () => leases.holds('host/boot/ns/1/2') };
}

/** Files of owners whose heart beats. */
async function beating(root: string): Promise<string[]> {
  const names = await readdir(join(root, 'leases')).catch(() => []);
  return names.filter((name) => !name.startsWith('.'));
}

/** The one file of the folder: a beat of the only owner. */
async function beat(root: string, text: string): Promise<void> {
  const [name] = await beating(root);
  await writeFile(join(root, 'leases', name!), text);
}

test('a process of this host that is gone has nothing, whatever its heartbeat says', async (t) => {
  const root = await lake(t);
  const heartbeat = await startHeartbeat(root, 'host/boot/ns/1/2', LEASE_MS);
  assert.equal(await observer(root, false).holds(), false);
  await heartbeat.stop();
});

for (const alive of [true, undefined]) {
  const where = alive ? 'that is halted' : 'on another host';
  test(`a process ${where} keeps what it claimed while its heart is seen to beat, and for the lease after that`, async (t) => {
    const root = await lake(t);
    const heartbeat = await startHeartbeat(root, 'host/boot/ns/1/2', LEASE_MS);
    await until(async () => (await beating(root)).length === 1);
    await heartbeat.stop();
    const { world, holds } = observer(root, alive);
    assert.equal(await holds(), true, 'nothing can be told from one look');
    world.now = LEASE_MS - 1;
    assert.equal(await holds(), true);
    world.now = LEASE_MS;
    assert.equal(await holds(), false);
  });

  test(`each new beat of a process ${where} begins the lease anew, by the observer's own clock`, async (t) => {
    const root = await lake(t);
    const heartbeat = await startHeartbeat(root, 'host/boot/ns/1/2', LEASE_MS);
    t.after(() => heartbeat.stop());
    await until(async () => (await beating(root)).length === 1);
    const { world, holds } = observer(root, alive);
    for (let look = 1; look <= 5; look++) {
      await beat(root, `later ${look}`);
      assert.equal(await holds(), true);
      world.now += LEASE_MS * 3;
    }
    assert.equal(await holds(), false);
    await beat(root, 'awake again');
    assert.equal(await holds(), true);
  });
}

test('a heart beats though the process is busy, and leaves nothing when it is stopped', async (t) => {
  const root = await lake(t);
  const heartbeat = await startHeartbeat(root, 'me', 60);
  await until(async () => (await beating(root)).length === 1);
  const [name] = await beating(root);
  const read = async () => Number.parseInt(await readFile(join(root, 'leases', name!), 'utf8'), 10);
  const before = await read();
  const busyUntil = performance.now() + 300;
  while (performance.now() < busyUntil);
  assert.ok((await read()) > before + 1);
  await heartbeat.stop();
  assert.deepEqual(await readdir(join(root, 'leases')), []);
});

test('a heart beats in a lake in S3 too, is seen there, and leaves nothing', { skip }, async () => {
  const root = emptyLake();
  const store = openStore(root);
  const beats = async () => {
    const [name] = await store.list('leases');
    return name === undefined ? 0 : Number.parseInt((await store.read(`leases/${name}`)) ?? '', 10);
  };
  const { world, holds } = observer(root, undefined);
  const heartbeat = await startHeartbeat(root, 'host/boot/ns/1/2', 60);
  for (let look = 0; look < 3; look++) {
    const before = await beats();
    await until(async () => (await beats()) > before);
    world.now += LEASE_MS * 2;
    assert.equal(await holds(), true);
  }
  await heartbeat.stop();
  assert.deepEqual(await store.list('leases'), []);
  assert.equal(await holds(), true, 'the end is news too');
  world.now += LEASE_MS;
  assert.equal(await holds(), false);
});

test('a heartbeat that cannot be written is no error', async (t) => {
  const root = await lake(t);
  await writeFile(join(root, 'leases'), 'a file where the folder should be');
  const heartbeat = await startHeartbeat(root, 'me', 60);
  await sleep(50);
  await heartbeat.stop();
  assert.equal(await readFile(join(root, 'leases'), 'utf8'), 'a file where the folder should be');
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5);
}
