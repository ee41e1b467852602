import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { nightly } from '../../../../engines/nightly.ts';
import { openTable, readCommit } from '../../src/index.ts';
import { type Conf, skip, sql, table, write } from '../spark.ts';
import { emptyFolder } from '../table.ts';
import { assertReadAlike } from './read-alike.ts';

const PART_SIZE = 'spark.databricks.delta.checkpoint.partSize';
const TOP_LEVEL = 'spark.databricks.delta.checkpointV2.topLevelFileFormat';

/** Commits of several files each, with txns, removed files and a checkpoint every three versions. */
async function fill(root: string, properties: string, conf: Conf): Promise<void> {
  const name = table(root);
  const query = (first: number) => `SELECT id, concat('p', id % 5) AS p FROM range(${first}, ${first + 20})`;
  await sql([
    `CREATE TABLE ${name} (id LONG, p STRING) USING delta PARTITIONED BY (p)
       TBLPROPERTIES (delta.checkpointInterval = 3 ${properties})`,
  ]);
  for (let version = 1; version <= 6; version++) {
    const options = { txnAppId: 'spark', txnVersion: String(version) };
    await write(root, { query: query(version * 100), options }, conf);
    if (version === 4) await sql(`DELETE FROM ${name} WHERE p = 'p1' AND id < 300`, conf);
  }
}

/** The names in the log that match, and in its folder of sidecars. */
async function logFiles(root: string, pattern: RegExp, folder = ''): Promise<string[]> {
  return (await readdir(join(root, '_delta_log', folder))).filter((name) => pattern.test(name));
}

/** Fails unless we read like Spark, also when the commits up to the checkpoint at version 6 are gone. */
async function assertReadFromCheckpoint(root: string): Promise<void> {
  await assertReadAlike(root);
  for (const name of await logFiles(root, /^0{19}[0-6]\.json$/)) await rm(join(root, '_delta_log', name));
  const snapshot = await assertReadAlike(root);
  assert.equal(snapshot.version, 7);
  assert.equal(snapshot.txn('spark'), 6);
}

for (const format of ['json', 'parquet']) {
  test(`a v2 checkpoint in ${format} with several sidecars`, {
    skip: skip || (format === 'json' && nightly),
  }, async (t) => {
    const root = await emptyFolder(t);
    await fill(root, ', delta.checkpointPolicy = "v2"', { [PART_SIZE]: '8', [TOP_LEVEL]: format });
    const topLevel = new RegExp(`^0{19}6\\.checkpoint\\.[0-9a-f-]{36}\\.${format}$`);
    assert.equal((await logFiles(root, topLevel)).length, 1);
    assert.ok((await logFiles(root, /\.parquet$/, '_sidecars')).length > 2);
    await assertReadFromCheckpoint(root);
  });
}

test('a classic checkpoint in several parts', { skip: skip || nightly }, async (t) => {
  const root = await emptyFolder(t);
  await fill(root, '', { [PART_SIZE]: '8' });
  assert.ok((await logFiles(root, /^0{19}6\.checkpoint\.0{9}\d\.0{9}\d\.parquet$/)).length > 2);
  await assertReadFromCheckpoint(root);
});

test('a checkpoint whose statistics and partition values are columns, not texts', {
  skip: skip || nightly,
}, async (t) => {
  const root = await emptyFolder(t);
  await fill(
    root,
    ', delta.checkpoint.writeStatsAsStruct = true, delta.checkpoint.writeStatsAsJson = false',
    {},
  );
  await assertReadFromCheckpoint(root);
});

test('in-commit timestamps: time travel goes by them', { skip: skip || nightly }, async (t) => {
  const root = await emptyFolder(t);
  await fill(root, ', delta.enableInCommitTimestamps = true', {});
  const snapshot = await assertReadAlike(root);
  const [first] = await readCommit(root, snapshot.version);
  const { inCommitTimestamp } = (first as { commitInfo: { inCommitTimestamp: number } }).commitInfo;
  assert.equal(snapshot.timestamp, inCommitTimestamp);
  for (const version of [2, 4]) {
    const { timestamp } = await openTable(root, { version });
    assert.equal((await openTable(root, { timestamp })).version, version);
    assert.equal((await openTable(root, { timestamp: timestamp - 1 })).version, version - 1);
    const at = new Date(timestamp).toISOString();
    const theirs = await sql(`SELECT count(*) AS n FROM ${table(root)} TIMESTAMP AS OF '${at}'`);
    const ours = await sql(`SELECT count(*) AS n FROM ${table(root)} VERSION AS OF ${version}`);
    assert.deepEqual(theirs.rows, ours.rows);
  }
});
