import assert from 'node:assert/strict';
import test from 'node:test';
import { nightly } from '../../../../engines/nightly.ts';
import { openTable } from '../../src/index.ts';
import { read, skip, sql, table, write } from '../spark.ts';
import { emptyFolder } from '../table.ts';
import { assertReadAlike } from './read-alike.ts';

test('timestamp_ntz: plain, nested, as partition, in statistics, before 1970 and with microseconds', {
  skip,
}, async (t) => {
  const root = await emptyFolder(t);
  const name = table(root);
  const times = ['1900-02-28 23:59:59.999999', '1969-12-31 23:59:59.000001', '2024-03-31 02:30:00.123456'];
  await sql([
    `CREATE TABLE ${name} (id LONG, at TIMESTAMP_NTZ, many ARRAY<TIMESTAMP_NTZ>, zoned TIMESTAMP, p TIMESTAMP_NTZ)
       USING delta PARTITIONED BY (p)`,
    ...times.map(
      (time, index) => `INSERT INTO ${name} VALUES (${index}, timestamp_ntz'${time}',
        array(timestamp_ntz'${time}', NULL), timestamp'${time}', timestamp_ntz'${time}')`,
    ),
    `INSERT INTO ${name} VALUES (9, NULL, NULL, NULL, NULL)`,
  ]);
  await assertReadAlike(root);
});

test('columns that were added, also in a struct, and types that Spark evolved by mergeSchema', {
  skip: skip || nightly,
}, async (t) => {
  const root = await emptyFolder(t);
  const name = table(root);
  await sql([
    `CREATE TABLE ${name} (id LONG, s STRUCT<a: INT>, many ARRAY<STRUCT<x: INT>>) USING delta`,
    `INSERT INTO ${name} VALUES (1, named_struct('a', 1), array(named_struct('x', 1))), (2, NULL, NULL)`,
    `ALTER TABLE ${name} ADD COLUMN (first STRING FIRST, after DOUBLE AFTER id)`,
    `ALTER TABLE ${name} ADD COLUMN (s.b STRING, many.element.y DATE)`,
    `INSERT INTO ${name} VALUES ('f', 3, 1.5, named_struct('a', 2, 'b', 'x'),
       array(named_struct('x', 1, 'y', date'2024-02-29')))`,
  ]);
  for (let version = 1; version <= 4; version++) await assertReadAlike(root, { version });
  const query = `SELECT 'm' AS first, 4L AS id, 0D AS after, named_struct('a', 5, 'b', 'y', 'c', 7L) AS s, TRUE AS merged`;
  await write(root, { query, options: { mergeSchema: 'true' } });
  const snapshot = await assertReadAlike(root);
  assert.ok(snapshot.metadata.schema.fields.some((field) => field.name === 'merged'));
});

test('a table after OPTIMIZE, ZORDER, RESTORE, VACUUM and REPLACE', { skip: skip || nightly }, async (t) => {
  const root = await emptyFolder(t);
  const name = table(root);
  const insert = (first: number) =>
    `INSERT INTO ${name} SELECT id, id % 3 FROM range(${first}, ${first + 50})`;
  await sql([
    `CREATE TABLE ${name} (id LONG, p LONG) USING delta PARTITIONED BY (p)`,
    insert(0),
    insert(100),
  ]);
  await sql([`DELETE FROM ${name} WHERE id % 2 = 0`, insert(200), `OPTIMIZE ${name}`]);
  await assertReadAlike(root);
  await sql([`OPTIMIZE ${name} ZORDER BY (id)`, `RESTORE TABLE ${name} TO VERSION AS OF 2`]);
  assert.equal((await assertReadAlike(root)).version >= 6, true);
  assert.equal((await read(root)).length, 100);
  await sql(`VACUUM ${name} RETAIN 0 HOURS`);
  await assertReadAlike(root);
  await sql(`INSERT OVERWRITE ${name} SELECT 7L, 7L`);
  const before = (await openTable(root)).version;
  await write(root, { query: 'SELECT 1 AS other', mode: 'overwrite', options: { overwriteSchema: 'true' } });
  assert.equal((await assertReadAlike(root)).version, before + 1);
});
