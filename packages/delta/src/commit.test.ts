import assert from 'node:assert/strict';
import { readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { add, emptyFolder, SCHEMA } from '../test/table.ts';
import { checkpoint } from './checkpoint.ts';
import { type Commit, commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { ConcurrentModificationError, InvalidCommitError, UnsupportedFeatureError } from './errors.ts';
import { readCommit } from './history.ts';
import { commitPath } from './log-name.ts';
import { openTable, refresh } from './open-table.ts';
import { type Snapshot, withSeen } from './snapshot.ts';

async function table(t: TestContext, configuration: Record<string, string> = {}): Promise<Snapshot> {
  return createTable(await emptyFolder(t), { schema: SCHEMA, partitionColumns: ['part'], configuration });
}

const append = (path: string, part: string | null = null): Commit => ({
  operation: 'WRITE',
  add: [add(path, part)],
});
const replace = (path: string, part: string | null, txn?: { appId: string; version: number }): Commit => ({
  ...append(path, part),
  replace: { partition: { part } },
  ...(txn === undefined ? {} : { txn }),
});
const paths = async (snapshot: Snapshot) =>
  (await (await openTable(snapshot.root)).files()).map((file) => file.path);

test('the snapshot of a commit is what opening the table gives', async (t) => {
  const first = await commit(await table(t), append('a', 'x'));
  const second = await commit(first.snapshot, replace('b', 'x', { appId: 'app', version: 3 }));
  const opened = await openTable(second.snapshot.root);
  for (const key of ['version', 'timestamp', 'metadata', 'protocol'] as const) {
    assert.deepEqual(second.snapshot[key], opened[key]);
  }
  assert.deepEqual(second.snapshot.txns(), opened.txns());
  for (const list of ['live', 'tombstones'] as const)
    assert.deepEqual(await second.snapshot.state.files[list](), await opened.state.files[list]());
});

test('a replace takes out the files of its partition and no others', async (t) => {
  const start = await table(t);
  const change = { operation: 'WRITE', add: [add('a1', 'a'), add('a2', 'a'), add('b', 'b'), add('none')] };
  const filled = await commit(start, change);
  const a = await commit(filled.snapshot, replace('a3', 'a'));
  assert.deepEqual(await paths(start), ['a3', 'b', 'none']);
  const none = await commit(a.snapshot, replace('none2', null));
  assert.deepEqual(await paths(start), ['a3', 'b', 'none2']);
  await commit(none.snapshot, { ...append('only', 'z'), replace: 'all' });
  assert.deepEqual(await paths(start), ['only']);
});

test('a removed file is logged with all that a reader of changes needs', async (t) => {
  const filled = await commit(await table(t), append('a', 'x'));
  const { snapshot } = await commit(filled.snapshot, replace('b', 'x'), { clock: () => 7e12 });
  const removes = (await readCommit(snapshot.root, 2)).filter((action) => 'remove' in action);
  const remove = { path: 'a', deletionTimestamp: 7e12, dataChange: true, extendedFileMetadata: true };
  assert.deepEqual(removes, [{ remove: { ...remove, partitionValues: { part: 'x' }, size: 1 } }]);
});

test('a replace that writes a file it replaces keeps that file', async (t) => {
  const filled = await commit(await table(t), { operation: 'WRITE', add: [add('a', 'x'), add('b', 'x')] });
  const { snapshot } = await commit(filled.snapshot, replace('a', 'x'));
  assert.deepEqual(await paths(snapshot), ['a']);
  assert.deepEqual([...(await snapshot.state.files.tombstones()).keys()], ['b']);
});

test('appends and replaces of other partitions go through on an old snapshot', async (t) => {
  const old = await table(t);
  const results = [
    await commit(old, append('a', 'p')),
    await commit(old, replace('b', 'q')),
    await commit(old, append('c')),
  ];
  assert.deepEqual(
    results.map((result) => result.committed && result.version),
    [1, 2, 3],
  );
  assert.deepEqual(await paths(old), ['a', 'b', 'c']);
});

test('a replace without txn is refused when its partition changed meanwhile, by an add or a remove', async (t) => {
  const start = await table(t);
  const old = (await commit(start, append('a', 'p'))).snapshot;
  const added = (await commit(old, append('b', 'p'))).snapshot;
  await assert.rejects(commit(old, replace('c', 'p')), ConcurrentModificationError);
  await commit(added, { operation: 'DELETE', add: [], replace: { partition: { part: 'p' } } });
  await assert.rejects(commit(added, replace('c', 'p')), ConcurrentModificationError);
  await assert.rejects(commit(added, { ...append('c', 'q'), replace: 'all' }), ConcurrentModificationError);
});

test('a replace with txn replaces whatever is there when it gets its turn', async (t) => {
  const old = await table(t);
  await commit(old, replace('first', 'p', { appId: 'chunk', version: 1 }));
  await commit(old, append('stray', 'p'));
  const result = await commit(old, replace('second', 'p', { appId: 'chunk', version: 2 }));
  assert.ok(result.committed);
  assert.deepEqual(await paths(old), ['second']);
});

test('a stale writer is a no-op in each order, and is told which version is there', async (t) => {
  for (const order of [
    [1, 2],
    [2, 1],
    [2, 2],
    [3, 1, 2, 3, 4],
  ]) {
    const old = await table(t);
    let highest = 0;
    for (const version of order) {
      // The snapshot is older than all the commits: the writer finds out only when it loses the race.
      const result = await commit(old, replace(`attempt-${version}`, 'p', { appId: 'chunk', version }));
      assert.equal(result.committed, version > highest);
      if (!result.committed) assert.deepEqual([result.reason, result.existing], ['txn', highest]);
      highest = Math.max(highest, version);
      assert.deepEqual(await paths(old), [`attempt-${highest}`]);
    }
  }
});

test('a stale writer with a fresh snapshot is a no-op before it tries', async (t) => {
  const { snapshot } = await commit(await table(t), { ...append('a'), txn: { appId: 'x', version: 5 } });
  const result = await commit(snapshot, { ...append('b'), txn: { appId: 'x', version: 5 } });
  assert.deepEqual([result.committed, result.snapshot.version], [false, 1]);
  assert.ok((await commit(snapshot, { ...append('b'), txn: { appId: 'y', version: 0 } })).committed);
});

test('a commit that goes on after a version is a no-op unless that is the recorded one', async (t) => {
  const old = await table(t);
  const going = (path: string, version: number, after: number | null) =>
    commit(old, { ...append(path), txn: { appId: 'stream', version, after } });
  const refused = await going('none-yet', 5, 3);
  assert.deepEqual(
    [refused.committed, refused.committed ? 0 : refused.existing, refused.snapshot.version],
    [false, undefined, 0],
  );
  assert.ok((await going('a', 5, null)).committed);
  const again = await going('b', 9, null);
  assert.deepEqual([again.committed, !again.committed && again.existing], [false, 5]);
  assert.equal((await going('b', 9, 4)).committed, false);
  assert.ok((await going('b', 9, 5)).committed);
  assert.equal((await going('c', 9, 8)).committed, false);
  const stays = await going('c', 9, 9);
  assert.deepEqual([stays.committed, stays.snapshot.txn('stream')], [true, 9]);
  assert.deepEqual(await paths(old), ['a', 'b', 'c']);
  const txn = (await readCommit(old.root, 2)).find((action) => 'txn' in action);
  assert.deepEqual(Object.keys(txn!.txn), ['appId', 'version', 'lastUpdated']);
});

test('a commit that was made from the work of others is a no-op when one of them has gone on, whatever the snapshot', async (t) => {
  const old = await table(t);
  const made = (path: string, version: number, beside: [string, number | null][]) =>
    commit(old, { ...append(path), txn: { appId: 'ours', version, beside: new Map(beside) } });
  const going = (version: number) =>
    commit(old, { ...append(`theirs-${version}`), txn: { appId: 'theirs', version } });
  assert.ok((await made('a', 1, [['theirs', null]])).committed);
  await going(3);
  const late = await made('b', 2, [['theirs', null]]);
  assert.deepEqual([late.committed, !late.committed && late.existing], [false, 1]);
  assert.equal((await made('b', 2, [['theirs', 2]])).committed, false);
  const both: [string, number | null][] = [
    ['theirs', 3],
    ['nobody', null],
  ];
  assert.equal((await made('b', 1, both)).committed, false, 'its own version is not above the recorded one');
  assert.ok((await made('b', 2, both)).committed, 'the snapshot is older than what it was made from');
  assert.deepEqual(await paths(old), ['a', 'b', 'theirs-3']);
});

test('txn versions outlive checkpoints', async (t) => {
  let snapshot = await table(t);
  for (let version = 1; version <= 12; version++) {
    snapshot = (
      await commit(snapshot, { ...append(`f${version}`), txn: { appId: `app-${version}`, version } })
    ).snapshot;
  }
  const opened = await openTable(snapshot.root);
  for (let version = 1; version <= 12; version++) assert.equal(opened.txn(`app-${version}`), version);
});

test('many writers at once: every commit lands once, in versions without a gap', async (t) => {
  const old = await table(t);
  const results = await Promise.all(
    Array.from({ length: 30 }, (_, index) => commit(old, append(`f${index}`))),
  );
  const versions = results.map((result) => (result.committed ? result.version : -1)).sort((a, b) => a - b);
  assert.deepEqual(
    versions,
    Array.from({ length: 30 }, (_, index) => index + 1),
  );
  assert.equal((await paths(old)).length, 30);
});

test('a change of schema or protocol in between is a conflict for everybody', async (t) => {
  const old = await table(t);
  const metaData = (await readCommit(old.root, 0)).find((action) => 'metaData' in action)!.metaData;
  const renamed = JSON.stringify({ metaData: { ...metaData, name: 'renamed' } });
  await writeFile(join(old.root, commitPath(1)), renamed);
  await assert.rejects(commit(old, append('a')), ConcurrentModificationError);
  await assert.rejects(
    commit(old, replace('a', 'p', { appId: 'x', version: 1 })),
    ConcurrentModificationError,
  );
});

test('a race that is lost too often ends in an error', async (t) => {
  const old = await table(t);
  await commit(old, append('a'));
  await assert.rejects(commit(old, append('b'), { maxAttempts: 1 }), ConcurrentModificationError);
});

test('a commit is later than the one before it, though the clock went back', async (t) => {
  const first = await commit(await table(t), append('a'), { clock: () => 9e12 });
  const second = await commit(first.snapshot, append('b'), { clock: () => 5 });
  assert.equal(second.snapshot.timestamp, 9e12 + 1);
});

test('a change that makes no sense is refused before anything is written', async (t) => {
  const snapshot = await table(t);
  const wrong: Commit[] = [
    { ...append('a', 'x'), replace: { partition: { part: 'y' } } },
    { ...append('a'), replace: { partition: {} } },
    { ...append('a'), replace: { partition: { other: 'x' } } },
    { operation: 'WRITE', add: [add('a'), add('a')] },
    { operation: 'WRITE', add: [{ ...add('a'), partitionValues: {} }] },
    { operation: 'WRITE', add: [{ ...add('a'), partitionValues: { part: 'x', more: 'y' } }] },
    { ...append('a'), txn: { appId: 'x', version: 1.5 } },
    { ...append('a'), txn: { appId: 'x', version: -1 } },
    { ...append('a'), txn: { appId: '', version: 1 } },
    { ...append('a'), txn: { appId: 'x', version: 1, after: 2 } },
    { ...append('a'), txn: { appId: 'x', version: 1, after: 0.5 } },
    { ...append('a'), txn: { appId: 'x', version: 1, beside: new Map([['x', 1]]) } },
    { ...append('a'), txn: { appId: 'x', version: 1, beside: new Map([['', 1]]) } },
    { ...append('a'), txn: { appId: 'x', version: 1, beside: new Map([['y', -1]]) } },
  ];
  for (const change of wrong)
    await assert.rejects(commit(snapshot, change), InvalidCommitError, JSON.stringify(change));
  await assert.rejects(commit(snapshot, append('../a')), { code: 'CORRUPT_LOG' });
  await assert.rejects(commit(snapshot, append('/etc/passwd')), UnsupportedFeatureError);
  assert.deepEqual((await readdir(join(snapshot.root, '_delta_log'))).length, 1);
});

test('an append-only table takes appends and no replace', async (t) => {
  const snapshot = await table(t, { 'delta.appendOnly': 'true' });
  assert.ok((await commit(snapshot, append('a'))).committed);
  await assert.rejects(commit(snapshot, replace('b', 'p')), InvalidCommitError);
  await assert.rejects(commit(snapshot, { ...append('b'), replace: 'all' }), InvalidCommitError);
});

test('an error of the disk passes through and leaves no version', async (t) => {
  const snapshot = await table(t);
  const log = join(snapshot.root, '_delta_log');
  await rename(log, `${log}.away`);
  await writeFile(log, 'a file where the folder was');
  await assert.rejects(commit(snapshot, append('a')), { code: 'EEXIST' });
  await unlink(log);
  await rename(`${log}.away`, log);
  assert.equal((await openTable(snapshot.root)).version, 0);
});

test('what a commit was made from must be as it was, with a txn too', async (t) => {
  const start = await table(t);
  const filled = (await commit(start, append('x1', 'x'))).snapshot;
  await commit(filled, append('x2', 'x'));
  const fromX = { read: { partition: { part: 'x' } }, txn: { appId: 'app', version: 1 } };
  await assert.rejects(commit(filled, { ...append('sum', 'y'), ...fromX }), ConcurrentModificationError);
  await assert.rejects(commit(filled, { ...append('sum', 'y'), read: 'all' }), ConcurrentModificationError);
  const fromZ = { read: { partition: { part: 'z' } } };
  assert.ok((await commit(filled, { ...append('sum', 'y'), ...fromZ })).committed);
});

test('files are removed by name, once: who comes second is told', async (t) => {
  const start = await table(t);
  const { snapshot } = await commit(start, { operation: 'WRITE', add: [add('a', 'x'), add('b', 'x')] });
  const [a, b] = await snapshot.files();
  const remove = (...files: (typeof a)[]): Commit => ({
    operation: 'DELETE',
    add: [],
    remove: files.map((file) => file!),
  });
  await commit(snapshot, remove(a));
  assert.deepEqual(await paths(snapshot), ['b']);
  await assert.rejects(commit(snapshot, remove(a, b)), ConcurrentModificationError);
  await assert.rejects(commit(await openTable(start.root), remove(a)), ConcurrentModificationError);
  await commit(snapshot, remove(b));
  assert.deepEqual(await paths(snapshot), []);
});

test('a commit on a snapshot so old that the log may have been cleaned behind it is made on the newest version', async (t) => {
  const start = await table(t);
  let snapshot = start;
  for (const name of ['a', 'b', 'c']) snapshot = (await commit(snapshot, append(name))).snapshot;
  await checkpoint(snapshot);
  for (const version of [0, 1, 2]) await unlink(join(start.root, commitPath(version)));
  const hourAgo = (clock: 'monotonic' | 'wall') => {
    const { seen } = start.state;
    const at = { ...seen.at, [clock]: seen.at[clock] - 3_600_000 };
    return { ...start, state: { ...start.state, seen: { ...seen, at } } };
  };
  const result = await commit(hourAgo('monotonic'), append('d'));
  assert.ok(result.committed && result.version === 4);
  const suspended = await commit(hourAgo('wall'), append('e'));
  assert.ok(
    suspended.committed && suspended.version === 5,
    'a suspended machine stops only one of the clocks',
  );
  assert.deepEqual(await paths(start), ['a', 'b', 'c', 'd', 'e']);
});

test('a table with in-commit timestamps gets them first in each commit, and rising', async (t) => {
  const { root } = await table(t);
  const enable = [
    { commitInfo: { inCommitTimestamp: 5000, timestamp: 5000 } },
    { protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['inCommitTimestamp'] } },
    {
      metaData: {
        ...(await readCommit(root, 0)).find((action) => 'metaData' in action)!.metaData,
        configuration: { 'delta.enableInCommitTimestamps': 'true' },
      },
    },
  ];
  await writeFile(join(root, commitPath(1)), enable.map((action) => JSON.stringify(action)).join('\n'));
  const { snapshot } = await commit(await openTable(root), append('a'), { clock: () => 1 });
  const [first] = await readCommit(root, 2);
  assert.ok(first !== undefined && 'commitInfo' in first);
  assert.deepEqual([first.commitInfo.inCommitTimestamp, snapshot.timestamp], [5001, 5001]);
});

test('the order in which another engine writes the properties is no change of them', async (t) => {
  const start = await table(t, { a: '1', b: '2' });
  const { metaData } = (await readCommit(start.root, 0)).find((action) => 'metaData' in action)!;
  const again = { metaData: { ...metaData, configuration: { b: '2', a: '1' } } };
  await writeFile(join(start.root, commitPath(1)), JSON.stringify(again));
  assert.ok((await commit(start, append('a'))).committed);
});

test('a writer holds one list of files, not all that ever were', async (t) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  let snapshot = await table(t);
  const old: WeakRef<object>[] = [];
  for (let number = 0; number < 40; number++) {
    snapshot = (await commit(snapshot, append(`f${number}`), { checkpointInterval: 5 })).snapshot;
    old.push(new WeakRef(await snapshot.state.files.live()));
    old.push(new WeakRef(await snapshot.state.files.tombstones()));
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
  collectGarbage();
  const alive = old.filter((list) => list.deref() !== undefined).length;
  assert.ok(alive < 20, `${alive} of 80 lists are still in memory`);
});

test('a checkpoint that another writer has made is not made once more, and one that it has not made is', async (t) => {
  const ours = await table(t);
  let theirs = ours;
  const every3 = { checkpointInterval: 3 };
  const checkpoints = async () =>
    (await readdir(join(ours.root, '_delta_log'))).filter((name) => name.includes('.checkpoint.'));
  for (const name of ['a', 'b', 'c', 'd']) theirs = (await commit(theirs, append(name), every3)).snapshot;
  const { snapshot } = await commit(await refresh(ours), append('e'), every3);
  assert.deepEqual([snapshot.version, (await checkpoints()).length], [5, 1]);
  for (const name of ['f', 'g', 'h'])
    theirs = (await commit(await refresh(theirs), append(name), { checkpointInterval: 1_000 })).snapshot;
  assert.equal((await checkpoints()).length, 1);
  await commit(await refresh(snapshot), append('i'), { checkpointInterval: 5 });
  assert.deepEqual((await checkpoints()).sort().at(-1), '00000000000000000009.checkpoint.parquet');
});

test('the more a checkpoint holds, the rarer it is', async (t) => {
  let snapshot = withSeen(await table(t), { checkpoint: { version: 0, actions: 15_000 } });
  const { root } = snapshot;
  for (let version = 1; version <= 30; version++)
    snapshot = (await commit(snapshot, append(`f${version}`))).snapshot;
  const written = (await readdir(join(root, '_delta_log'))).filter((name) => name.includes('.checkpoint.'));
  assert.deepEqual(
    written.sort().map((name) => Number.parseInt(name, 10)),
    [20, 30],
    'what it holds was not so much',
  );
  assert.deepEqual(snapshot.state.seen.checkpoint, { version: 30, actions: 32 });
  assert.deepEqual((await openTable(root)).state.seen.checkpoint, { version: 30, actions: 32 });
});

test('removed files that have expired are forgotten with the next checkpoint', async (t) => {
  const start = await table(t);
  const filled = (await commit(start, append('a', 'x'))).snapshot;
  const emptied = (await commit(filled, { operation: 'DELETE', add: [], replace: 'all' })).snapshot;
  assert.equal((await emptied.state.files.tombstones()).size, 1);
  const options = { clock: () => Date.now() + 30 * 86_400_000, checkpointInterval: 3 };
  const { snapshot } = await commit(emptied, append('b'), options);
  assert.equal((await snapshot.state.files.tombstones()).size, 0);
});
