import assert from 'node:assert/strict';
import { readFile, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { add, emptyFolder, SCHEMA } from '../test/table.ts';
import { checkpoint } from './checkpoint.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { CorruptLogError, TableNotFoundError, VersionNotFoundError } from './errors.ts';
import { commitPath } from './log-name.ts';
import { mayBeStale, openTable, refresh } from './open-table.ts';
import { type Snapshot, withSeen } from './snapshot.ts';

/** A table of `versions` appends, one file each, committed at 1000, 2000, ... ms. */
async function tableOf(t: TestContext, versions: number, checkpointInterval = 1000): Promise<Snapshot> {
  const root = await emptyFolder(t);
  let snapshot = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'], clock: () => 0 });
  for (let version = 1; version <= versions; version++) {
    const change = { operation: 'WRITE', add: [add(`f${version}`)] };
    const result = await commit(snapshot, change, { clock: () => version * 1000, checkpointInterval });
    snapshot = result.snapshot;
  }
  return snapshot;
}

const paths = async (snapshot: Snapshot) => (await snapshot.files()).map((file) => file.path);

test('a folder without a log is no table', async (t) => {
  await assert.rejects(openTable(await emptyFolder(t)), TableNotFoundError);
  await assert.rejects(openTable('/nowhere/at/all'), TableNotFoundError);
});

test('every version can be opened, with or without a checkpoint before it', async (t) => {
  const { root } = await tableOf(t, 5, 2);
  for (let version = 0; version <= 5; version++) {
    const snapshot = await openTable(root, { version });
    assert.deepEqual(
      [snapshot.version, snapshot.timestamp, (await paths(snapshot)).length],
      [version, version * 1000, version],
    );
  }
});

test('a version that is not there is an error of its own', async (t) => {
  const { root } = await tableOf(t, 2);
  for (const version of [3, -1, 1.5])
    await assert.rejects(openTable(root, { version }), VersionNotFoundError);
});

test('a moment gives the last version committed at or before it', async (t) => {
  const { root } = await tableOf(t, 3);
  const at = async (timestamp: number) => (await openTable(root, { timestamp })).version;
  assert.deepEqual(
    [await at(0), await at(999), await at(1000), await at(2500), await at(9e12)],
    [0, 0, 1, 2, 3],
  );
  await assert.rejects(openTable(root, { timestamp: -1 }), VersionNotFoundError);
});

test('without a time in the log, the time of the file counts', async (t) => {
  const { root } = await tableOf(t, 1);
  const path = join(root, commitPath(1));
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => !line.includes('commitInfo'));
  await writeFile(path, lines.join('\n'));
  await utimes(path, 500, 500);
  assert.equal((await openTable(root)).timestamp, 500_000);
  assert.equal((await openTable(root, { timestamp: 499_999 })).version, 0);
});

test('a log with a gap is never read as a table', async (t) => {
  const snapshot = await tableOf(t, 4);
  await unlink(join(snapshot.root, commitPath(2)));
  await assert.rejects(openTable(snapshot.root), CorruptLogError);
  await assert.rejects(openTable(snapshot.root, { version: 4 }), CorruptLogError);
  await assert.rejects(refresh(await openTable(snapshot.root, { version: 1 })), CorruptLogError);
});

test('a log that has lost its beginning is read from its checkpoint, and not without one', async (t) => {
  const snapshot = await tableOf(t, 4);
  await checkpoint(await openTable(snapshot.root, { version: 3 }));
  for (const version of [0, 1, 2]) await unlink(join(snapshot.root, commitPath(version)));
  assert.deepEqual(await paths(await openTable(snapshot.root)), await paths(snapshot));
  await assert.rejects(openTable(snapshot.root, { version: 2 }), VersionNotFoundError);
  await unlink(join(snapshot.root, '_delta_log', '00000000000000000003.checkpoint.parquet'));
  await assert.rejects(openTable(snapshot.root), CorruptLogError);
});

test('_last_checkpoint is a hint: broken, missing, or pointing at nothing, the table opens all the same', async (t) => {
  const snapshot = await tableOf(t, 5, 2);
  const hint = join(snapshot.root, '_delta_log', '_last_checkpoint');
  for (const text of ['{"version":', '{}', '{"version":99,"size":1}', '{"version":2,"size":1}']) {
    await writeFile(hint, text);
    assert.deepEqual(await paths(await openTable(snapshot.root)), await paths(snapshot), text);
  }
  await rm(hint);
  assert.deepEqual(await paths(await openTable(snapshot.root)), await paths(snapshot));
});

test('a refreshed snapshot is the newest, also when the commits in between are gone behind a checkpoint', async (t) => {
  const snapshot = await tableOf(t, 6, 3);
  const old = await openTable(snapshot.root, { version: 1 });
  assert.deepEqual(await paths(await refresh(old)), await paths(snapshot));
  for (const version of [0, 1, 2, 3]) await unlink(join(snapshot.root, commitPath(version)));
  assert.deepEqual(await paths(await refresh(old)), await paths(snapshot));
  assert.equal((await refresh(snapshot)).version, snapshot.version);
});

test('a snapshot that was the newest is refreshed by any number of commits, whatever has become of those before', async (t) => {
  let newest = await tableOf(t, 3);
  const behind = [newest];
  for (let version = 4; version <= 80; version++) {
    newest = (await commit(newest, { operation: 'WRITE', add: [add(`f${version}`)] })).snapshot;
    behind.push(newest);
  }
  for (const version of [0, 1, 2]) await unlink(join(newest.root, commitPath(version)));
  for (const snapshot of behind) {
    const refreshed = await refresh(snapshot);
    assert.equal(refreshed.version, 80);
    assert.deepEqual(await paths(refreshed), await paths(newest));
    assert.equal(
      refreshed.state.seen.at,
      snapshot.state.seen.at,
      'the log has to be listed as soon as before',
    );
  }
});

test('a listing of the log makes a snapshot one that need not list again, though nothing is newer', async (t) => {
  const snapshot = await tableOf(t, 4, 2);
  const { monotonic, wall } = snapshot.state.seen.at;
  const stale = withSeen(snapshot, { at: { monotonic: monotonic - 3_600_000, wall } });
  assert.ok(mayBeStale(stale));
  const refreshed = await refresh(stale);
  assert.deepEqual([refreshed.version, mayBeStale(refreshed)], [4, false]);
  assert.deepEqual(refreshed.state.seen.checkpoint, snapshot.state.seen.checkpoint);
  await checkpoint(
    (await commit(snapshot, { operation: 'WRITE', add: [add('x')] }, { checkpointInterval: 1000 })).snapshot,
  );
  const { seen } = (await refresh(stale)).state;
  assert.deepEqual(
    seen.checkpoint,
    { ...snapshot.state.seen.checkpoint, version: 5 },
    'another has written it',
  );
});

test('a temporary file that a killed writer left in the log is ignored', async (t) => {
  const snapshot = await tableOf(t, 1);
  for (const name of ['.1b4e28ba.tmp', '00000000000000000002.json.tmp', '_commit_2.json.tmp']) {
    await writeFile(join(snapshot.root, '_delta_log', name), '{"add":{"path":"torn');
  }
  const result = await commit(await openTable(snapshot.root), { operation: 'WRITE', add: [add('next')] });
  assert.ok(result.committed && result.version === 2);
  assert.deepEqual(await paths(await openTable(snapshot.root)), ['f1', 'next']);
});

test('a torn commit of a writer that is not careful is reported, not skipped', async (t) => {
  const snapshot = await tableOf(t, 1);
  await writeFile(join(snapshot.root, commitPath(2)), '{"add":{"path":"torn');
  await assert.rejects(openTable(snapshot.root), CorruptLogError);
});

test('a table of a newer protocol is refused by name', async (t) => {
  const snapshot = await tableOf(t, 0);
  const upgrade = '{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["variantType"]}}';
  await writeFile(join(snapshot.root, commitPath(1)), upgrade);
  await assert.rejects(openTable(snapshot.root), /feature variantType,/);
});

test('a checkpoint that a crash cut short is passed over for an older one, or for the commits', async (t) => {
  const snapshot = await tableOf(t, 5, 2);
  for (const version of [4, 2]) {
    const path = join(snapshot.root, '_delta_log', `${String(version).padStart(20, '0')}.checkpoint.parquet`);
    await writeFile(path, '');
    assert.deepEqual(await paths(await openTable(snapshot.root)), await paths(snapshot));
    assert.equal((await paths(await openTable(snapshot.root, { version: 4 }))).length, 4);
  }
  await unlink(join(snapshot.root, commitPath(0)));
  await assert.rejects(openTable(snapshot.root), CorruptLogError);
});
