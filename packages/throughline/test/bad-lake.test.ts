/** Lakes that cannot be written or read: the exit code says which, and what was committed stays readable. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { openStore } from '@throughline/delta/store';
import { nightly } from '../../../engines/nightly.ts';
import type { LakeStatus } from '../src/run/status.ts';
import { begun } from './begun.ts';
import { run as runAs } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { NOBODY, skipAsOtherUser } from './other-user.ts';
import { type Project, project } from './project.ts';
import { assertSameLake } from './same-lake.ts';
import { assertAddsUp, readBuild } from './tables.ts';

const MAP = ['run', '--only', 'map', '--json'];
const noOtherUser = skipAsOtherUser();
const execute = promisify(execFile);

/** A lake of five rows, to be copied. */
const small = begun(toCsv(complaints(5)), {}, ['run']);

/** A small disk to put a lake on, or the reason why there is none. */
async function smallDisk(t: TestContext, size: string): Promise<{ disk: string; reason?: string }> {
  const disk = await mkdtemp(join(tmpdir(), 'throughline-disk-'));
  let mounted = false;
  t.after(async () => {
    if (mounted) await execute('umount', [disk]);
    await rm(disk, { recursive: true });
  });
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
    mounted = true;
    return { disk };
  } catch (error) {
    return {
      disk,
      reason: `a small disk cannot be mounted here: ${(error as Error).message.split('\n')[1]}`,
    };
  }
}

async function usedBytes(disk: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(disk);
  return (blocks - bfree) * bsize;
}

test('a full disk ends with 73; what was committed stays readable, and the run goes on when there is room', async (t) => {
  const { disk, reason } = await smallDisk(t, '1200k');
  if (reason) return t.skip(reason);
  const chunk = { by: 'date_received', every: '1M' };
  const { folder, call, run } = await project(t, toCsv(complaints(600)), { chunk, lake: disk });
  const full = await run(...MAP);
  assert.equal(full.code, 73, full.stderr);
  assert.match(full.stderr, /space/);
  assert.doesNotMatch(full.stderr, /fault of throughline/);
  const status = await call<LakeStatus>('status', '--json');
  assert.equal(status.code, 0, status.stderr);
  assert.ok(status.json.states.done > 0, 'the disk was full in the middle, not from the beginning');
  await execute('mount', ['-o', 'remount,size=200m', disk]);
  const after = await call(...MAP);
  assert.equal(after.code, 0, after.stderr);
  assert.ok(after.json.chunks.skipped > 0, 'what was published is not done again');
  const undisturbed = await project(t, undefined, { chunk });
  await cp(join(folder, 'data.csv'), join(undisturbed.folder, 'data.csv'));
  await undisturbed.call(...MAP);
  const [left, right] = [await readBuild(disk), await readBuild(undisturbed.lake)];
  assert.deepEqual(left.records, right.records);
  assert.deepEqual(left.passages, right.passages);
});

test('a disk that gets full while the index or the themes are made ends with 73, and the run goes on when there is room', {
  skip: nightly,
}, async (t) => {
  const { disk, reason } = await smallDisk(t, '50m');
  if (reason) return t.skip(reason);
  const { run } = await project(t, toCsv(complaints(300)), { lake: disk });
  assert.equal((await run(...MAP)).code, 0);
  const mapped = await usedBytes(disk);
  for (const room of [100_000, 3_000_000]) {
    await execute('mount', ['-o', `remount,size=${mapped + room}`, disk]);
    const { code, stderr } = await run('run', '--json');
    assert.equal(code, 73, `with room for ${room} bytes: ${stderr}`);
    assert.match(stderr, /space/);
    const left = await readdir(join(disk, 'indexes'));
    assert.deepEqual(left, [], 'nothing of an index is left');
  }
  await execute('mount', ['-o', 'remount,size=50m', disk]);
  const after = await run('run', '--json');
  assert.equal(after.code, 0, after.stderr);
  assert.equal(after.json.chunks.done, 0);
  const undisturbed = await project(t, toCsv(complaints(300)));
  await undisturbed.call('run');
  await assertSameLake({ ...undisturbed, lake: disk }, undisturbed);
});

test('a disk that is full from the first byte ends with 73', async (t) => {
  const { disk, reason } = await smallDisk(t, '4k');
  if (reason) return t.skip(reason);
  const { call } = await project(t, toCsv(complaints(5)), { lake: disk });
  const { code, stderr } = await call(...MAP);
  assert.equal(code, 73, stderr);
});

test('a lake in which this user may not write ends with 77, before any work', {
  skip: noOtherUser,
}, async (t) => {
  const { folder, lake } = await project(t, toCsv(complaints(5)));
  await mkdir(lake);
  await chmod(lake, 0o755);
  const { code, stderr } = await runAs(MAP, { cwd: folder, uid: NOBODY });
  assert.equal(code, 77, stderr);
  assert.ok(stderr.includes(lake));
});

test('a lake on a read-only file system ends with 73, and is still read', async (t) => {
  const { disk, reason } = await smallDisk(t, '50m');
  if (reason) return t.skip(reason);
  const { call, write } = await project(t, toCsv(complaints(5)), { lake: disk });
  await cp((await small()).made.lake, disk, { recursive: true });
  await execute('mount', ['-o', 'remount,ro', disk]);
  const commands = [
    ['status'],
    ['dlq'],
    ['runs'],
    ['lake', 'history'],
    ['plan'],
    ['themes'],
    ['search', 'debt'],
  ];
  for (const command of commands) {
    const read = await call(...command);
    assert.equal(read.code, 0, `${command.join(' ')}: ${read.stderr}`);
  }
  await write('data.csv', toCsv(complaints(6)));
  const { code, stderr } = await call(...MAP);
  assert.equal(code, 73, stderr);
});

test('a user who may read the lake and not write it searches, lists and exports', {
  skip: noOtherUser,
}, async (t) => {
  const { folder, lake, write } = await project(t, toCsv(complaints(5)));
  await cp((await small()).made.lake, lake, { recursive: true });
  const before = await filesOf(lake);
  for (const command of [
    ['search', 'debt'],
    ['themes'],
    ['plan'],
    ...(nightly ? [] : [['status'], ['dlq'], ['lake', 'history']]),
  ]) {
    const { code, stderr } = await runAs(command, { cwd: folder, uid: NOBODY });
    assert.equal(code, 0, `${command.join(' ')}: ${stderr}`);
  }
  await write('data.csv', toCsv(complaints(6)));
  const { code, stderr } = await runAs(['run'], { cwd: folder, uid: NOBODY });
  assert.equal(code, 77, stderr);
  assert.deepEqual(await filesOf(lake), before, 'nothing has changed');
});

async function filesOf(lake: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { path, size, modificationTime } of openStore(lake).walk(''))
    files.push(`${path} ${size} ${modificationTime}`);
  return files.sort();
}

test('a file where the lake should be ends with 73 and names it', async (t) => {
  const { lake, call } = await project(t, toCsv(complaints(5)));
  await writeFile(lake, 'not a folder');
  const { code, stderr } = await call(...MAP);
  assert.equal(code, 73, stderr);
  assert.ok(stderr.includes(lake));
});

test('the lake of another pipeline ends with 78 and names both', async (t) => {
  const { configure, lake, call } = await project(t, toCsv(complaints(5)));
  const first = await call(...MAP);
  await configure({ name: 'other' });
  const { code, stderr } = await call(...MAP);
  assert.equal(code, 78);
  assert.match(stderr, /"hostile", not to "other"/);
  await assertAddsUp(first, lake);
});

test('reading a lake that is not there ends with 66 and how to make it', async (t) => {
  const { call } = await project(t, toCsv(complaints(5)));
  for (const command of [['status'], ['search', 'x'], ['themes'], ['dlq'], ['runs'], ['lake', 'path']]) {
    const { code, stderr } = await call(...command);
    assert.equal(code, 66, `${command.join(' ')}: ${stderr}`);
    assert.match(stderr, /throughline run/);
  }
});

const DAMAGE: Record<string, (project: Project) => Promise<void>> = {
  'pipeline.json is cut off': ({ lake }) => writeFile(join(lake, 'pipeline.json'), '{"id": "x'),
  'current.json is empty': ({ lake }) => writeFile(join(lake, 'current.json'), ''),
  'a commit is missing in the log of the passages': async ({ lake }) => {
    const [build] = await readdir(join(lake, 'builds'));
    await rm(join(lake, 'builds', build!, 'passages', '_delta_log', '00000000000000000001.json'));
  },
  'a data file of the records is gone': async ({ lake }) => {
    const [build] = await readdir(join(lake, 'builds'));
    const records = join(lake, 'builds', build!, 'records');
    for (const name of await readdir(records))
      if (name.startsWith('_chunk')) await rm(join(records, name), { recursive: true });
  },
};

for (const [name, damage] of Object.entries(DAMAGE)) {
  test(`a damaged lake, ${name}: nobody is told that all is well, or blamed for it`, async (t) => {
    const made = await project(t, toCsv(complaints(40)));
    assert.equal((await made.call(...MAP)).code, 0);
    await damage(made);
    await made.write('data.csv', toCsv(complaints(41)));
    for (const command of [['status'], ['dlq'], ['run', '--only', 'map']]) {
      const { code, stderr } = await made.call(...command);
      assert.ok([0, 65].includes(code!), `${command[0]} ended with ${code}: ${stderr}`);
      assert.doesNotMatch(stderr, /fault of throughline/);
      if (code === 65) assert.ok(stderr.includes(made.lake), `the message names the place: ${stderr}`);
    }
  });
}
