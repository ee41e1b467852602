import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { emptyFolder, rowsFrom, SCHEMA } from '../test/table.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { withSession } from './duckdb.ts';
import { readCommit } from './history.ts';
import { commitPath } from './log-name.ts';
import { openTable } from './open-table.ts';
import { writeParquet } from './part-writer.ts';
import { relation } from './relation.ts';
import { field, struct } from './schema.ts';
import type { Snapshot } from './snapshot.ts';

async function tableOf(t: TestContext, parts: (string | null)[], folder = ''): Promise<Snapshot> {
  const root = join(await emptyFolder(t), folder);
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const files = parts.map((part, index) =>
    writeParquet({ root, schema: SCHEMA, partitionColumns: ['part'], partition: { part } }, [
      rowsFrom(index * 10, 2),
    ]),
  );
  return (await commit(table, { operation: 'WRITE', add: (await Promise.all(files)).flat() })).snapshot;
}

const query = (sql: string) =>
  withSession(undefined, async (connection) => (await connection.run(sql)).getRowsJson());

const sqlOf = async (...args: Parameters<typeof relation>) => (await relation(...args)).sql;

const TYPES = ['part VARCHAR', 'id VARCHAR', 'n BIGINT', 'at TIMESTAMP WITH TIME ZONE', 'vector FLOAT[]'];
const typesOf = async (sql: string) =>
  (await query(`SELECT column_name || ' ' || column_type FROM (DESCRIBE ${sql})`)).flat();

test('a relation has the columns and types of the table, with files and without', async (t) => {
  assert.deepEqual(await typesOf(await sqlOf(await tableOf(t, []))), TYPES);
  assert.deepEqual(await typesOf(await sqlOf(await tableOf(t, ['a', null]))), TYPES);
  assert.deepEqual(await query(`SELECT count(*) FROM ${await sqlOf(await tableOf(t, []))} AS t`), [['0']]);
});

test('a relation can be filtered, joined and counted in larger SQL', async (t) => {
  const sql = await sqlOf(await tableOf(t, ['a', 'b', null]));
  assert.deepEqual(
    await query(`SELECT part, count(*), min(n) FROM ${sql} AS t GROUP BY part ORDER BY part NULLS LAST`),
    [
      ['a', '2', '0'],
      ['b', '2', '10'],
      [null, '2', '20'],
    ],
  );
  assert.deepEqual(await query(`SELECT id FROM ${sql} AS t WHERE part = 'b' AND n > 10`), [['id-11']]);
  assert.deepEqual(await query(`SELECT count(*) FROM ${sql} AS a JOIN ${sql} AS b USING (id)`), [['6']]);
});

test('only the files of the partitions asked for are named', async (t) => {
  const snapshot = await tableOf(t, ['a', 'b']);
  const sql = await sqlOf(snapshot, { partition: { part: 'b' } });
  assert.ok(sql.includes('part=b') && !sql.includes('part=a'));
  assert.deepEqual(await query(`SELECT DISTINCT part FROM ${sql} AS t`), [['b']]);
  assert.deepEqual(
    await query(`SELECT * FROM ${await sqlOf(snapshot, { partition: { part: 'c' } })} AS t`),
    [],
  );
});

test('no value or folder can break out of the SQL', async (t) => {
  const parts = ["'; DROP TABLE x; --", '"', "it's", '*[a]?'];
  const sql = await sqlOf(await tableOf(t, parts, "it's [a] *folder*"));
  const rows = await query(`SELECT DISTINCT part FROM ${sql} AS t`);
  assert.deepEqual(rows.flat().sort(), [...parts].sort());
});

test('a table below a folder whose name is also a pattern is read, and not the folder that the pattern fits', async (t) => {
  const snapshot = await tableOf(t, ['a'], 'lake[1]');
  const twin = join(dirname(snapshot.root), 'lake1');
  await cp(snapshot.root, twin, { recursive: true });
  for (const file of await snapshot.files())
    await writeFile(join(twin, file.path), 'not the file of this table');
  assert.deepEqual(await query(`SELECT count(*) FROM ${await sqlOf(snapshot)} AS t`), [['2']]);
});

test('a column that only newer files have is null in the older ones', async (t) => {
  const old = await tableOf(t, ['a']);
  const schema = struct([...SCHEMA.fields, field('late', 'long')]);
  const metaData = (await readCommit(old.root, 0)).find((action) => 'metaData' in action)!.metaData;
  const evolved = JSON.stringify({ metaData: { ...metaData, schemaString: JSON.stringify(schema) } });
  await writeFile(join(old.root, commitPath(2)), evolved);
  const { columns } = rowsFrom(50, 1);
  const options = { root: old.root, schema, partitionColumns: ['part'], partition: { part: 'b' } };
  const add = await writeParquet(options, [{ rows: 1, columns: { ...columns, late: [7n] } }]);
  const { snapshot } = await commit(await openTable(old.root), { operation: 'WRITE', add });
  const rows = await query(`SELECT id, late FROM ${await sqlOf(snapshot)} AS t ORDER BY id`);
  assert.deepEqual(rows, [
    ['id-0', null],
    ['id-1', null],
    ['id-50', '7'],
  ]);
});

test('a table without partition columns is a relation too', async (t) => {
  const root = await emptyFolder(t);
  const schema = struct([field('x', 'long')]);
  const table = await createTable(root, { schema });
  const add = await writeParquet({ root, schema, partitionColumns: [], partition: {} }, [
    { rows: 1, columns: { x: [5n] } },
  ]);
  const { snapshot } = await commit(table, { operation: 'WRITE', add });
  assert.deepEqual(await query(`SELECT * FROM ${await sqlOf(snapshot)} AS t`), [['5']]);
});
