import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { add, emptyFolder, SCHEMA } from '../test/table.ts';
import type { AddFile } from './actions.ts';
import { checkpoint, retentionMs } from './checkpoint.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { readCommit } from './history.ts';
import { checkpointPath, commitPath } from './log-name.ts';
import { openTable, refresh } from './open-table.ts';

const NEVER = { checkpointInterval: 1_000 };

const strange: AddFile = {
  ...add('part=%2522%250A/ü%20"\'.parquet', 'a"\\\n\u2028😀\u0001'),
  stats: '{"numRecords":1,"maxValues":{"n":9007199254740993,"id":"\\u0000 \\" 😀"}}',
  tags: { 'a"b': "c'd", empty: '' },
};

test('a checkpoint keeps every action word for word', async (t) => {
  const root = await emptyFolder(t);
  const created = await createTable(root, {
    schema: SCHEMA,
    partitionColumns: ['part'],
    name: 'a "name"',
    configuration: { 'k"ey': "v'alue" },
  });
  const change = {
    operation: 'WRITE',
    add: [strange, add('plain')],
    txn: { appId: 'pipe/"x"\n', version: 2 ** 53 - 1 },
  };
  const { snapshot } = await commit(created, change);
  await checkpoint(snapshot);
  for (const version of [0, 1]) await unlink(join(root, commitPath(version)));
  const opened = await openTable(root);
  assert.deepEqual(await opened.files(), await snapshot.files());
  assert.deepEqual(opened.metadata, snapshot.metadata);
  assert.deepEqual(opened.protocol, snapshot.protocol);
  assert.deepEqual(opened.txns(), snapshot.txns());
});

test('removed files stay in checkpoints for the retention and no longer', async (t) => {
  const root = await emptyFolder(t);
  const configuration = { 'delta.deletedFileRetentionDuration': 'interval 1 hours' };
  let table = await createTable(root, {
    schema: SCHEMA,
    partitionColumns: ['part'],
    configuration,
    clock: () => 0,
  });
  for (const [index, part] of ['a', 'b'].entries()) {
    table = (await commit(table, { operation: 'WRITE', add: [add(part, part)] }, { clock: () => index }))
      .snapshot;
    const replace = { partition: { part } };
    const clock = () => index * 3_600_000 + 10;
    table = (await commit(table, { operation: 'WRITE', add: [], replace }, { clock })).snapshot;
  }
  await checkpoint(table, { clock: () => 3_600_000 + 11 });
  for (const version of [0, 1, 2, 3, 4]) await unlink(join(root, commitPath(version)));
  const tombstones = await (await openTable(root)).state.files.tombstones();
  assert.deepEqual([...tombstones.keys()], ['b']);
  assert.deepEqual(tombstones.get('b'), (await table.state.files.tombstones()).get('b'));
});

test('a checkpoint is written also where that of the beginning is gone behind a newer one', async (t) => {
  const root = await emptyFolder(t);
  let table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const commits = async (names: string[]) => {
    for (const name of names)
      table = (await commit(table, { operation: 'WRITE', add: [add(name)] }, NEVER)).snapshot;
  };
  await commits(['a', 'b']);
  table = (await commit(table, { operation: 'DELETE', add: [], replace: 'all' }, NEVER)).snapshot;
  await checkpoint(table);
  let reader = await openTable(root);
  await commits(['c']);
  await checkpoint(table);
  for (const version of [0, 1, 2, 3]) await unlink(join(root, commitPath(version)));
  await unlink(join(root, checkpointPath(3)));
  reader = (
    await commit(await refresh(reader), { operation: 'WRITE', add: [add('d')] }, { checkpointInterval: 5 })
  ).snapshot;
  const opened = await openTable(root);
  assert.deepEqual([opened.version, opened.state.seen.checkpoint.version], [5, 5]);
  assert.deepEqual([...(await opened.state.files.tombstones()).keys()], ['a', 'b']);
  assert.deepEqual(
    (await opened.files()).map(({ path }) => path),
    ['c', 'd'],
  );
});

test('a checkpoint is written every ten versions, or as often as the table or the caller says', async (t) => {
  const count = async (configuration: Record<string, string>, options: { checkpointInterval?: number }) => {
    const root = await emptyFolder(t);
    let table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'], configuration });
    for (let i = 1; i <= 20; i++) {
      table = (await commit(table, { operation: 'WRITE', add: [add(`f${i}`)] }, options)).snapshot;
    }
    const names = await readdir(join(root, '_delta_log'));
    return names.filter((name) => name.includes('.checkpoint.')).length;
  };
  assert.equal(await count({}, {}), 2);
  assert.equal(await count({ 'delta.checkpointInterval': '5' }, {}), 4);
  assert.equal(await count({ 'delta.checkpointInterval': '5' }, { checkpointInterval: 20 }), 1);
});

test('_last_checkpoint says version, actions, bytes and files of the checkpoint', async (t) => {
  const root = await emptyFolder(t);
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const { snapshot } = await commit(table, { operation: 'WRITE', add: [add('a'), add('b')] });
  await checkpoint(snapshot);
  const log = join(root, '_delta_log');
  const pointer = JSON.parse(await readFile(join(log, '_last_checkpoint'), 'utf8')) as Record<string, number>;
  const { length } = await readFile(join(log, '00000000000000000001.checkpoint.parquet'));
  assert.deepEqual(pointer, { version: 1, size: 4, sizeInBytes: length, numOfAddFiles: 2 });
  const names = (await readdir(log)).sort();
  assert.deepEqual(
    names.filter((name) => !/^\d{20}\.|^_last_checkpoint$/.test(name)),
    [],
  );
});

test('a commit whose checkpoint fails is committed all the same, and says so', async (t) => {
  const root = await emptyFolder(t);
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  // A folder where the checkpoint should be cannot be replaced by a file.
  await mkdir(join(root, '_delta_log', '00000000000000000001.checkpoint.parquet', 'in-the-way'), {
    recursive: true,
  });
  const result = await commit(table, { operation: 'WRITE', add: [add('a')] }, { checkpointInterval: 1 });
  assert.ok(result.committed && result.checkpointError instanceof Error);
  assert.equal((await readCommit(root, 1)).length, 2);
});

test('a checkpoint that is not Parquet is reported as such', async (t) => {
  const root = await emptyFolder(t);
  await createTable(root, { schema: SCHEMA });
  await writeFile(join(root, '_delta_log', '00000000000000000000.checkpoint.parquet'), 'PAR1 no');
  assert.equal((await openTable(root)).version, 0, 'the commit is enough');
  await unlink(join(root, commitPath(0)));
  await assert.rejects(openTable(root), { code: 'CORRUPT_LOG' });
});

test('retention is read in every unit; what cannot be read is a week', () => {
  assert.equal(retentionMs('interval 1 week'), 604_800_000);
  assert.equal(retentionMs('interval 2 days'), 172_800_000);
  assert.equal(retentionMs('30 minutes'), 1_800_000);
  assert.equal(retentionMs('soon'), 604_800_000);
  assert.equal(retentionMs(undefined), 604_800_000);
});

test('a checkpoint is made also where other writers always take the version that is due for one', async (t) => {
  let snapshot = await createTable(await emptyFolder(t), { schema: SCHEMA, partitionColumns: ['part'] });
  for (let version = 1; version <= 25; version++) {
    const checkpointInterval = version % 5 === 0 ? 1000 : 5; // every fifth is by somebody who makes none
    const change = { operation: 'WRITE', add: [add(`f${version}`)] };
    snapshot = (await commit(snapshot, change, { checkpointInterval })).snapshot;
  }
  const names = await readdir(join(snapshot.root, '_delta_log'));
  const versions = names
    .filter((name) => name.includes('.checkpoint.'))
    .map((name) => Number(name.slice(0, 20)));
  assert.deepEqual(
    versions.sort((a, b) => a - b),
    [6, 12, 18, 24],
  );
});
