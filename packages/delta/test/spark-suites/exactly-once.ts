import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { nightly } from '../../../../engines/nightly.ts';
import { commit, createTable, openTable, writeParquet } from '../../src/index.ts';
import { assertSameRows, rowsOf } from '../plain.ts';
import { read, skip, sql, table, write } from '../spark.ts';
import { emptyFolder, rowsFrom, SCHEMA } from '../table.ts';

const TABLE = { schema: SCHEMA, partitionColumns: ['part'] };

async function ours(root: string, version: number): Promise<boolean> {
  const add = await writeParquet({ root, ...TABLE, partition: { part: 'ours' } }, [rowsFrom(version, 1)]);
  const txn = { appId: 'shared', version };
  return (await commit(await openTable(root), { operation: 'WRITE', add, txn })).committed;
}

/** Whether Spark, whose writer says nothing of it, made a version. */
async function theirs(root: string, version: number): Promise<boolean> {
  const before = (await openTable(root)).version;
  const query = `SELECT 'theirs' AS part, '${version}' AS id, ${version}L AS n, timestamp'2024-01-01' AS at,
    array(0.5F) AS vector`;
  await write(root, { query, options: { txnAppId: 'shared', txnVersion: String(version) } });
  return (await openTable(root)).version > before;
}

test('a stale writer does nothing, whichever of us and Spark it is, and a newer one lands', {
  skip: skip || nightly,
}, async (t) => {
  const root = await emptyFolder(t);
  await createTable(root, TABLE);
  const turns: [write: typeof ours, version: number, lands: boolean][] = [
    [ours, 5, true],
    [theirs, 4, false],
    [theirs, 5, false],
    [theirs, 6, true],
    [ours, 5, false],
    [ours, 6, false],
    [ours, 7, true],
    [theirs, 7, false],
    [theirs, 8, true],
    ...Array.from({ length: 4 }, (_, index): [typeof ours, number, boolean] => [ours, 9 + index, true]),
    [theirs, 12, false], // now the txn is in a checkpoint
    [ours, 12, false],
  ];
  for (const [index, [writer, version, lands]] of turns.entries()) {
    assert.equal(await writer(root, version), lands, `turn ${index}: ${writer.name} with version ${version}`);
    if (lands) assert.equal((await openTable(root)).txn('shared'), version);
  }
  const rows = await rowsOf(await openTable(root));
  assert.equal(rows.length, turns.filter(([, , lands]) => lands).length);
  assertSameRows(await read(root), rows);
});

test('our append, then DELETE, UPDATE, MERGE and an append of Spark, then ours again', {
  skip,
}, async (t) => {
  const root = await emptyFolder(t);
  await createTable(root, TABLE);
  for (const version of [1, 2, 3, 4]) await ours(root, version);
  const name = table(root);
  const steps = [
    `DELETE FROM ${name} WHERE n = 1`,
    `UPDATE ${name} SET id = 'updated', vector = array(9F) WHERE n = 2`,
    `MERGE INTO ${name} AS t USING (SELECT explode(sequence(3, 5)) AS k) AS s ON t.n = s.k
       WHEN MATCHED AND t.n = 3 THEN DELETE WHEN MATCHED THEN UPDATE SET id = 'merged'
       WHEN NOT MATCHED THEN INSERT (part, id, n, at, vector) VALUES ('new', 'inserted', s.k, NULL, NULL)`,
    `INSERT INTO ${name} VALUES ('spark', 'appended', 6, timestamp'1960-01-01', array())`,
    `INSERT INTO ${name} REPLACE WHERE part = 'new' VALUES ('new', 'replaced', 7, NULL, NULL)`,
  ];
  for (const [index, step] of steps.entries()) {
    await sql(step);
    assertSameRows(await rowsOf(await openTable(root)), await read(root));
    assert.ok(await ours(root, 10 + index));
    assertSameRows(await rowsOf(await openTable(root)), await read(root));
  }
  const ids = (await read(root)).map(({ id }) => id).sort();
  const written = ['id-10', 'id-11', 'id-12', 'id-13', 'id-14'];
  assert.deepEqual(ids, ['appended', ...written, 'merged', 'replaced', 'updated']);
});

test("Spark's DESCRIBE HISTORY and DETAIL show our commits", { skip }, async (t) => {
  const root = await emptyFolder(t);
  await createTable(root, { ...TABLE, name: 'passages' });
  const options = { root, ...TABLE, partition: { part: 'a' } };
  const change = {
    operation: 'WRITE',
    operationParameters: { mode: 'Overwrite', partitionBy: ['part'] },
    operationMetrics: { numFiles: '1', numOutputRows: '3', numOutputBytes: '1000' },
  };
  for (const replace of [undefined, { partition: { part: 'a' } }]) {
    const add = await writeParquet(options, [rowsFrom(0, 3)]);
    await commit(await openTable(root), { ...change, add, replace });
  }
  const { rows } = await sql(`DESCRIBE HISTORY ${table(root)}`);
  const seen = rows.map((row) => [row.operation, row.isBlindAppend, row.userMetadata, row.engineInfo]);
  const engine = 'throughline-delta/0.1.0';
  assert.deepEqual(seen, [
    ['WRITE', false, null, engine],
    ['WRITE', true, null, engine],
    ['CREATE TABLE', true, null, engine],
  ]);
  assert.deepEqual(rows[1]!.operationParameters, [
    ['mode', 'Overwrite'],
    ['partitionBy', '["part"]'],
  ]);
  assert.deepEqual(rows[1]!.operationMetrics, Object.entries(change.operationMetrics).sort());
  assert.deepEqual([rows[0]!.readVersion, rows[0]!.isolationLevel], [{ int: '1' }, 'Serializable']);
  // Spark goes by the time of the commit's file, not by what the commit says.
  const { mtimeMs } = await stat(join(root, '_delta_log', '00000000000000000002.json'));
  assert.deepEqual(rows[0]!.timestamp, { micros: `${Math.floor(mtimeMs)}000` });
  const [detail] = (await sql(`DESCRIBE DETAIL ${table(root)}`)).rows;
  assert.deepEqual([detail!.format, detail!.name, detail!.partitionColumns], ['delta', 'passages', ['part']]);
  assert.deepEqual([detail!.numFiles, detail!.minReaderVersion], [{ int: '1' }, { int: '1' }]);
});
