import assert from 'node:assert/strict';
import test from 'node:test';
import { nightly } from '../../../../engines/nightly.ts';
import { openTable } from '../../src/index.ts';
import { assertSameRows, rowsOf } from '../plain.ts';
import { skip, sql, table } from '../spark.ts';
import { emptyFolder } from '../table.ts';
import { assertReadAlike } from './read-alike.ts';

const MAPPED = "TBLPROPERTIES ('delta.columnMapping.mode' = 'name')";

test('columns mapped by name: renamed, dropped, added again, with spaces in their names', {
  skip,
}, async (t) => {
  const root = await emptyFolder(t);
  const name = table(root);
  await sql([
    `CREATE TABLE ${name} (id LONG, old STRING, gone INT, \`with space, and = {;}\` DOUBLE) USING delta ${MAPPED}`,
    `INSERT INTO ${name} SELECT id, concat('v', id), id, id / 4 FROM range(100)`,
    `ALTER TABLE ${name} RENAME COLUMN old TO new`,
    `ALTER TABLE ${name} DROP COLUMN gone`,
    `INSERT INTO ${name} SELECT id, concat('w', id), id / 8 FROM range(100, 120)`,
    `ALTER TABLE ${name} ADD COLUMN (gone STRING, old LONG)`,
    `INSERT INTO ${name} VALUES (200, 'x', 1.5, 'back', 7)`,
  ]);
  for (const version of [1, 2, 3, 4, 6]) await assertReadAlike(root, { version });
  const snapshot = await openTable(root);
  const columns = ['gone', 'new'];
  const theirs = await sql(`SELECT gone, new FROM ${name}`);
  assertSameRows(await rowsOf(snapshot, { columns }), theirs.rows);
});

test('mapped columns nested in structs, arrays and maps', { skip: skip || nightly }, async (t) => {
  const root = await emptyFolder(t);
  const name = table(root);
  const value = (id: string) => `SELECT ${id},
    named_struct('a', ${id}, 'b', named_struct('c', 'x', 'd', array(named_struct('e', ${id}, 'f', NULL)))),
    map('k', named_struct('g', ${id} * 2, 'h', date'1960-01-01')), NULL FROM range(5)`;
  await sql([
    `CREATE TABLE ${name} (id LONG, s STRUCT<a: LONG, b: STRUCT<c: STRING, d: ARRAY<STRUCT<e: LONG, f: STRING>>>>,
       m MAP<STRING, STRUCT<g: LONG, h: DATE>>, empty STRUCT<i: INT>) USING delta ${MAPPED}`,
    `INSERT INTO ${name} ${value('id')}`,
    `ALTER TABLE ${name} RENAME COLUMN s.b.c TO \`c new\``,
    `ALTER TABLE ${name} RENAME COLUMN s.b.d.element.e TO e2`,
    `ALTER TABLE ${name} RENAME COLUMN m.value.g TO g2`,
    `ALTER TABLE ${name} DROP COLUMN s.a`,
    `ALTER TABLE ${name} ADD COLUMN (s.b.added INT)`,
    `INSERT INTO ${name} SELECT 100, named_struct('b', named_struct('c new', 'y', 'd', array(), 'added', 3)),
       map(), named_struct('i', 1)`,
  ]);
  for (const version of [1, 5, 7]) await assertReadAlike(root, { version });
});

test('mapped partition columns, renamed, and a scan of one partition', {
  skip: skip || nightly,
}, async (t) => {
  const root = await emptyFolder(t);
  const name = table(root);
  await sql([
    `CREATE TABLE ${name} (id LONG, p STRING, day DATE) USING delta PARTITIONED BY (p, day) ${MAPPED}`,
    `INSERT INTO ${name} SELECT id, concat('p ', id % 3), date'2024-01-01' FROM range(30)`,
    `ALTER TABLE ${name} RENAME COLUMN p TO \`part of all\``,
    `INSERT INTO ${name} VALUES (100, 'p 1', NULL), (101, NULL, date'1960-02-29')`,
  ]);
  const snapshot = await assertReadAlike(root);
  const ours = await rowsOf(snapshot, { partition: { 'part of all': 'p 1' } });
  const theirs = await sql(`SELECT * FROM ${name} WHERE \`part of all\` = 'p 1'`);
  assert.equal(ours.length, 11);
  assertSameRows(ours, theirs.rows);
});

test('a table whose columns are mapped only later, with deletion vectors and a checkpoint', {
  skip: skip || nightly,
}, async (t) => {
  const root = await emptyFolder(t);
  const name = table(root);
  await sql([
    `CREATE TABLE ${name} (id LONG, v STRING) USING delta
       TBLPROPERTIES (delta.enableDeletionVectors = true, delta.checkpointInterval = 3)`,
    `INSERT INTO ${name} SELECT id, concat('v', id) FROM range(1000)`,
    `ALTER TABLE ${name} SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')`,
    `ALTER TABLE ${name} RENAME COLUMN v TO \`v 2\``,
    `DELETE FROM ${name} WHERE \`v 2\` LIKE '%7'`,
    `INSERT INTO ${name} VALUES (5000, 'late')`,
  ]);
  await assertReadAlike(root);
});
