import assert from 'node:assert/strict';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { collect } from '../test/files.ts';
import { add, emptyFolder, SCHEMA } from '../test/table.ts';
import { changes } from './changes.ts';
import { cleanLog } from './clean-log.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { commitPath } from './log-name.ts';
import { openTable } from './open-table.ts';
import type { Snapshot } from './snapshot.ts';

const HOUR_MS = 3_600_000;

/** A table with a commit an hour, and a checkpoint every third. */
async function hourly(
  root: string,
  versions: number,
  configuration: Record<string, string> = {},
): Promise<Snapshot> {
  let snapshot = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'], configuration });
  for (let version = 1; version <= versions; version++) {
    const change = {
      operation: 'WRITE',
      add: [add(`f${version}`)],
      txn: { appId: `app${version}`, version },
    };
    snapshot = (await commit(snapshot, change, { checkpointInterval: 3 })).snapshot;
  }
  for (let version = 0; version <= versions; version++) {
    await utimes(join(root, commitPath(version)), version * 3600, version * 3600);
  }
  return snapshot;
}

test('every version within the retention can still be opened, older ones and their commits are gone', async (t) => {
  const snapshot = await hourly(await emptyFolder(t), 11);
  const clock = () => 11 * HOUR_MS;
  const deleted = await cleanLog(snapshot, { clock, retentionMs: 4 * HOUR_MS });
  assert.equal(deleted.length, 6 + 1, 'commits 0 to 5 and checkpoint 3; version 7 is read from checkpoint 6');
  for (let version = 7; version <= 11; version++) {
    assert.equal((await (await openTable(snapshot.root, { version })).files()).length, version);
  }
  await assert.rejects(openTable(snapshot.root, { version: 5 }), { code: 'VERSION_NOT_FOUND' });
  await assert.rejects(collect(changes(snapshot.root, 3, 8)), { code: 'VERSION_NOT_FOUND' });
  const opened = await openTable(snapshot.root);
  assert.deepEqual([...opened.txns()], [...snapshot.txns()], 'txns stay for ever');
  const stale = await commit(opened, {
    operation: 'WRITE',
    add: [add('late')],
    txn: { appId: 'app1', version: 1 },
  });
  assert.equal(stale.committed, false);
});

test('nothing goes without a checkpoint older than the retention, or where cleaning is off', async (t) => {
  const young = await hourly(await emptyFolder(t), 5);
  assert.deepEqual(await cleanLog(young, { clock: () => 5 * HOUR_MS }), []);
  const off = await hourly(await emptyFolder(t), 5, { 'delta.enableExpiredLogCleanup': 'false' });
  assert.deepEqual(await cleanLog(off, { clock: () => 1e13 }), []);
});

test('the retention is that of the table, and an hour at the least', async (t) => {
  const configuration = { 'delta.logRetentionDuration': 'interval 2 hours' };
  const snapshot = await hourly(await emptyFolder(t), 8, configuration);
  const hasty = await cleanLog(snapshot, { clock: () => 6.5 * HOUR_MS, retentionMs: 0 });
  assert.equal(hasty.length, 3);
  const usual = await cleanLog(snapshot, { clock: () => 8 * HOUR_MS });
  assert.equal(usual.length, 4);
});

test('a log with v2 checkpoints is left to the engine that writes them', async (t) => {
  const snapshot = await hourly(await emptyFolder(t), 8);
  const log = join(snapshot.root, '_delta_log');
  await writeFile(
    join(log, `${'2'.padStart(20, '0')}.checkpoint.1b4e28ba-2fa1-11d2-883f-0016d3cca427.json`),
    '',
  );
  const before = await readdir(log);
  assert.deepEqual(await cleanLog(snapshot, { clock: () => 1e13 }), []);
  assert.deepEqual(await readdir(log), before);
});

test('commits clean the log as they go, once in a hundred', async (t) => {
  const root = await emptyFolder(t);
  let snapshot = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  for (let version = 1; version <= 30; version++) {
    const clock = () => Date.now() + 90 * 24 * HOUR_MS;
    const change = { operation: 'WRITE', add: [add(`f${version}`)] };
    const result = await commit(snapshot, change, { clock, checkpointInterval: 3 });
    assert.ok(result.committed && result.checkpointError === undefined);
    snapshot = result.snapshot;
  }
  const commits = (await readdir(join(root, '_delta_log'))).filter((name) => name.endsWith('.json'));
  assert.deepEqual([commits.length, (await (await openTable(root)).files()).length], [1, 30]);
});
