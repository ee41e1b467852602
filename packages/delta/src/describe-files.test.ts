import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { emptyFolder } from '../test/table.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { describeFiles } from './describe-files.ts';
import { withSession } from './duckdb.ts';
import { FileNotFoundError, SchemaMismatchError } from './errors.ts';
import { scan } from './scan.ts';
import { array, field, struct } from './schema.ts';
import { quoteLiteral } from './sql.ts';

const SCHEMA = struct([
  field('day', 'date'),
  field('id', 'string', false),
  field('n', 'long'),
  field('x', 'double'),
  field('at', 'timestamp'),
  field('vector', array('float')),
  field('late', 'string'),
]);

const ROW =
  "'id ' || i AS id, CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS n, CAST('nan' AS DOUBLE) AS x, " +
  'make_timestamptz(i * 1001) AS at, [i, 2]::FLOAT[] AS vector';

/** A file that DuckDB alone wrote: 10 rows in two row groups. */
async function write(root: string, name: string, select = ROW): Promise<string> {
  await withSession(undefined, (connection) =>
    connection.run(
      `COPY (SELECT ${select} FROM range(3000) AS t(i)) TO ${quoteLiteral(join(root, name))} (ROW_GROUP_SIZE 2048)`,
    ),
  );
  return name;
}

async function table(root: string) {
  return await createTable(root, { schema: SCHEMA, partitionColumns: ['day'] });
}

test('a Parquet file of another engine becomes part of the table, with the statistics of its footer', async (t) => {
  const root = await emptyFolder(t);
  const created = await table(root);
  const path = await write(root, 'attempt 1 %.parquet');
  const add = await describeFiles(created, [{ path, partition: { day: '2024-01-01' } }]);
  assert.equal(add[0]!.path, 'attempt%201%20%25.parquet');
  assert.deepEqual(JSON.parse(add[0]!.stats!), {
    numRecords: 3000,
    minValues: { id: 'id 0', n: 1, at: '1970-01-01T00:00:00.000Z' },
    maxValues: { id: 'id 999', n: 2999, at: '1970-01-01T00:00:03.002Z' },
    nullCount: { id: 0, n: 1000, x: 0, at: 0, late: 3000 },
  });
  const { snapshot } = await commit(created, { operation: 'WRITE', add });
  let rows = 0;
  for await (const { columns } of scan(snapshot, { where: [{ column: 'n', op: '>=', value: 2998n }] })) {
    assert.deepEqual([...(columns.id as string[])], ['id 2998', 'id 2999']);
    assert.deepEqual(columns.late, [null, null]);
    rows += columns.id!.length;
  }
  assert.equal(rows, 2);
});

test('statistics that are given are taken as they are', async (t) => {
  const root = await emptyFolder(t);
  const path = await write(root, 'x.parquet');
  const files = [{ path, partition: { day: null }, stats: '{"numRecords":3000}' }];
  assert.equal((await describeFiles(await table(root), files))[0]!.stats, '{"numRecords":3000}');
});

test('a file that does not fit the table is refused, and the error names file and column', async (t) => {
  const root = await emptyFolder(t);
  const created = await table(root);
  const wrong: [string, RegExp][] = [
    ['1 AS id', /column id of f0\.parquet is INTEGER; the table has VARCHAR/],
    ["'a' AS id, 1::BIGINT AS more", /has the column more/],
    ["'a' AS id, DATE '2024-01-01' AS day", /has the column day/],
    ['1::BIGINT AS n', /lacks the column id/],
    ["CASE WHEN i > 5 THEN 'a' END AS id", /has nulls in id where/],
    ["'a' AS id, [1, NULL]::FLOAT[] AS vector", /has nulls in vector where/],
    ["'a' AS id, TIMESTAMP '2024-01-01' AS at", /outputTimestampType=TIMESTAMP_MICROS/],
  ];
  for (const [index, [select, message]] of wrong.entries()) {
    const path = await write(root, `f${index}.parquet`, select);
    const files = [{ path, partition: { day: '2024-01-01' } }];
    await assert.rejects(describeFiles(created, files), (error) => {
      assert.ok(error instanceof SchemaMismatchError);
      assert.match(error.message, message);
      return true;
    });
  }
  const absent = [{ path: 'no.parquet', partition: { day: null } }];
  await assert.rejects(describeFiles(created, absent), FileNotFoundError);
  await assert.rejects(describeFiles(created, [{ path: '../x.parquet', partition: { day: null } }]), {
    code: 'CORRUPT_LOG',
  });
});
