/** What tables promise on a disk, they promise in S3. */
import assert from 'node:assert/strict';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  checkpoint,
  cleanLog,
  commit,
  createTable,
  describeFiles,
  FileNotFoundError,
  history,
  keepVersion,
  openTable,
  optimize,
  probeStore,
  refresh,
  relation,
  releaseVersion,
  restore,
  SchemaMismatchError,
  scan,
  TableNotFoundError,
  VersionNotFoundError,
  vacuum,
  writeParquet,
} from '../src/index.ts';
import { openStore } from '../src/store/store.ts';
import { append, collect, fileOf, rowsOf, tableWithRows } from './files.ts';
import { emptyPrefix, s3ForTests } from './s3.ts';
import { add, columnOf, emptyFolder, rowsFrom, SCHEMA } from './table.ts';

const { skip } = await s3ForTests();
const OPTIONS = { schema: SCHEMA, partitionColumns: ['part'] };

test('a table is created once, by whoever comes first', { skip }, async () => {
  const root = emptyPrefix();
  await assert.rejects(openTable(root), TableNotFoundError);
  const made = await Promise.all(Array.from({ length: 5 }, () => createTable(root, OPTIONS)));
  assert.equal(new Set(made.map(({ metadata }) => metadata.id)).size, 1);
  await assert.rejects(createTable(root, { ...OPTIONS, partitionColumns: [] }), SchemaMismatchError);
  assert.deepEqual(await openStore(root).list(''), ['_delta_log']);
});

test('rows come back as they were written, whole and by partition, also from SQL', { skip }, async () => {
  const root = emptyPrefix();
  const parts = ['a b', '50%', 'ü😀/=:', null] as const;
  const table = await tableWithRows(
    root,
    parts.map((part, index) => [part, index * 10, 3]),
  );
  const opened = await openTable(root);
  assert.deepEqual(await rowsOf(opened), await rowsOf(table));
  assert.equal((await rowsOf(opened)).length, 12);
  for (const [index, part] of parts.entries()) {
    const [batch] = await collect(scan(opened, { partition: { part }, columns: ['id'] }));
    assert.deepEqual(
      batch?.columns.id,
      [0, 1, 2].map((row) => `id-${index * 10 + row}`),
    );
  }
  const { sql, close } = await relation(opened);
  const connection = await (await DuckDBInstance.create()).connect();
  const rows = await connection.runAndReadAll(`SELECT count(*), count(DISTINCT part) FROM ${sql} AS t`);
  assert.deepEqual(rows.getRowsJS(), [[12n, 3n]]);
  connection.closeSync();
  await close();
});

test('of replaces of one partition the last counts; a txn that was made is not made again', {
  skip,
}, async () => {
  const root = emptyPrefix();
  let table = await tableWithRows(root, [
    ['a', 0, 2],
    ['b', 10, 2],
  ]);
  for (const version of [1, 2, 2]) {
    const add = await fileOf(table, 'a', 100 * version, 1);
    const change = {
      operation: 'WRITE',
      add,
      replace: { partition: { part: 'a' } },
      txn: { appId: 'app', version },
    };
    const result = await commit(table, change);
    assert.equal(result.committed, table.txn('app') !== version);
    table = result.snapshot;
  }
  assert.deepEqual((await columnOf(await openTable(root), 'id')).sort(), ['id-10', 'id-11', 'id-200']);
  assert.equal((await openTable(root)).txn('app'), 2);
});

test('writers at the same time make one version each', { skip }, async () => {
  const root = emptyPrefix();
  const table = await createTable(root, OPTIONS);
  const paths = Array.from({ length: 12 }, (_, index) => `f${index}`);
  const results = await Promise.all(
    paths.map((path) => commit(table, { operation: 'WRITE', add: [add(path)] })),
  );
  const versions = results.map((result) => (result.committed ? result.version : -1));
  assert.deepEqual(
    versions.sort((a, b) => a - b),
    paths.map((_, index) => index + 1),
  );
  const files = await (await refresh(table)).files();
  assert.deepEqual(
    files.map(({ path }) => path),
    paths.sort(),
  );
});

test('a table opens from its checkpoint, and at every version and time', { skip }, async () => {
  const root = emptyPrefix();
  let table = await createTable(root, { ...OPTIONS, clock: () => 1000 });
  for (let version = 1; version <= 25; version++) {
    const change = { operation: 'WRITE', add: [add(`f${String(version).padStart(2, '0')}`)] };
    table = (await commit(table, change, { clock: () => 1000 + version * 10 })).snapshot;
  }
  const log = await openStore(root).list('_delta_log');
  assert.deepEqual(log.filter((name) => name.endsWith('.parquet')).length, 2);
  assert.ok(log.includes('_last_checkpoint'));
  const numbers = async (at: Parameters<typeof openTable>[1]) =>
    (await (await openTable(root, at)).files()).length;
  assert.equal(await numbers({}), 25);
  for (const version of [0, 9, 10, 11, 25]) assert.equal(await numbers({ version }), version);
  assert.equal(await numbers({ timestamp: 1199 }), 19);
  await assert.rejects(numbers({ version: 26 }), VersionNotFoundError);
  const entries = await history(root, 3);
  assert.deepEqual(
    entries.map(({ version, timestamp }) => [version, timestamp]),
    [
      [25, 1250],
      [24, 1240],
      [23, 1230],
    ],
  );
  await checkpoint(table);
  for (const name of await openStore(root).list('_delta_log')) {
    if (name.endsWith('.json')) await openStore(root).remove(`_delta_log/${name}`);
  }
  assert.equal(await numbers({}), 25, 'the last checkpoint is enough');
});

test('files are joined, what is left over is vacuumed, and what is gone is said to be gone', {
  skip,
}, async () => {
  const root = emptyPrefix();
  let table = await tableWithRows(root, [
    ['a', 0, 2],
    ['a', 10, 2],
  ]);
  const before = table;
  const rows = await rowsOf(table);
  const first = await optimize(table);
  assert.deepEqual([first.filesRemoved, first.filesAdded], [2, 1]);
  table = await append(first.snapshot, 'b', 20, 1);
  table = (await restore(table, { version: first.snapshot.version })).snapshot;
  assert.deepEqual(await rowsOf(table), rows);
  await openStore(root).replace('part=a/.00000000-0000-4000-8000-000000000000.tmp', 'of a killed writer');
  const later = () => Date.now() + 3_600_000;
  const gone = await vacuum(table, { dryRun: false, retentionMs: 0, force: true, clock: later });
  assert.equal(gone.files.length, 4);
  assert.deepEqual(await rowsOf(await openTable(root)), rows);
  await assert.rejects(rowsOf(before), FileNotFoundError);
  assert.deepEqual(await cleanLog(table), []);
});

test('a table that is made anew at the same root does not read copies of the old one', { skip }, async () => {
  const root = emptyPrefix();
  const ids: unknown[] = [];
  for (const first of [0, 100]) {
    const table = await createTable(root, OPTIONS);
    const options = { root, ...OPTIONS, partition: { part: 'a' }, name: 'same-name.parquet' };
    const add = await writeParquet(options, [rowsFrom(first, 1)]);
    const { snapshot } = await commit(table, { operation: 'WRITE', add }, { checkpointInterval: 1 });
    ids.push(...(await columnOf(snapshot, 'id')), ...(await columnOf(await openTable(root), 'id')));
    for await (const { path } of openStore(root).walk('')) await openStore(root).remove(path);
  }
  assert.deepEqual(ids, ['id-0', 'id-0', 'id-100', 'id-100']);
});

test('the store is found fit for tables, and nothing stays of the look at it', { skip }, async () => {
  const root = emptyPrefix();
  assert.deepEqual(await probeStore(root), { ok: true });
  assert.deepEqual(await collect(openStore(root).walk('')), []);
  const missing = await probeStore('s3://no-such-bucket/table');
  assert.ok(!missing.ok && /there is no bucket no-such-bucket/.test(missing.reason));
});

test('a file of another engine is described by its footer alone, short or long', { skip }, async (t) => {
  const [root, folder] = [emptyPrefix(), await emptyFolder(t)];
  const [table, local] = [await createTable(root, OPTIONS), await createTable(folder, OPTIONS)];
  const connection = await (await DuckDBInstance.create()).connect();
  for (const [path, rows] of [
    ['short.parquet', 100_000],
    ['long.parquet', 500_000],
  ] as const) {
    const groups = path === 'long.parquet' ? 2_048 : 100_000;
    await connection.run(`COPY (SELECT hash(i)::VARCHAR AS id, i AS n, make_timestamptz(i) AS at, [i, 1]::FLOAT[] AS vector
      FROM range(${rows}) t(i)) TO '${join(folder, path)}' (ROW_GROUP_SIZE ${groups})`);
    const staged = await openStore(root).stage(path);
    await copyFile(join(folder, path), staged.localPath);
    await staged.publish('new');
    const files = [{ path, partition: { part: null } }];
    const [[theirs], [ours]] = [await describeFiles(table, files), await describeFiles(local, files)];
    assert.deepEqual({ ...theirs, modificationTime: 0 }, { ...ours, modificationTime: 0 });
    const { localPath, release } = await openStore(root).fetchFooter(path);
    const [footer, whole] = [await readFile(localPath), await readFile(join(folder, path))];
    assert.equal(footer.length, whole.length);
    const first = footer.findIndex((byte, at) => at > 4 && byte !== 0);
    assert.ok(first > footer.length / 2, 'the rows are not there');
    assert.ok(footer.subarray(first).equals(whole.subarray(first)));
    await release();
  }
  connection.closeSync();
  await assert.rejects(
    describeFiles(table, [{ path: 'absent.parquet', partition: { part: null } }]),
    FileNotFoundError,
  );
});

test('a version that is kept outlives vacuum and log cleaning', { skip }, async () => {
  const inAYear = () => Date.now() + 365 * 86_400_000;
  const first = await tableWithRows(emptyPrefix(), [['a', 0, 3]]);
  const { root, version } = first;
  const before = await rowsOf(first);
  await keepVersion(root, version);
  const { snapshot } = await commit(first, { operation: 'DELETE', add: [], replace: 'all' });
  await checkpoint(snapshot);
  const removeOld = async () => {
    await vacuum(snapshot, { clock: inAYear, dryRun: false });
    await cleanLog(snapshot, { clock: inAYear });
  };
  await removeOld();
  assert.deepEqual(await rowsOf(await openTable(root, { version })), before);
  await releaseVersion(root, version);
  await removeOld();
  await assert.rejects(keepVersion(root, version), VersionNotFoundError);
});
