import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { append, collect, dataFiles, fileOf, rowsOf, tableWithRows } from '../test/files.ts';
import { add, emptyFolder } from '../test/table.ts';
import { changes } from './changes.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { withSession } from './duckdb.ts';
import { openTable } from './open-table.ts';
import { binsOf, optimize } from './optimize.ts';
import { writeParquet } from './part-writer.ts';
import { array, field, struct } from './schema.ts';
import { quoteLiteral } from './sql.ts';

const MANY = Array.from({ length: 12 }, (_, index) => [index % 2 ? 'a' : null, index * 10, 10] as const);

test('small files of a partition become one, with the same rows, and nothing is left for a second time', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), MANY);
  const before = await rowsOf(table);
  const result = await optimize(table);
  assert.deepEqual([result.filesRemoved, result.filesAdded, result.conflicts], [12, 2, 0]);
  const opened = await openTable(table.root);
  assert.deepEqual(await rowsOf(opened), before);
  assert.deepEqual(
    (await opened.files())
      .map(({ partitionValues, stats }) => [partitionValues.part, JSON.parse(stats!).numRecords])
      .sort(),
    [
      ['a', 60],
      [null, 60],
    ].sort(),
  );
  const again = await optimize(opened);
  assert.deepEqual([again.filesRemoved, again.snapshot.version], [0, opened.version]);
});

test('a reader of changes sees that no data changed', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), MANY.slice(0, 4));
  const { snapshot } = await optimize(table, { partition: { part: 'a' } });
  const [change, ...rest] = await collect(changes(table.root, table.version, snapshot.version));
  assert.deepEqual(
    [change!.dataChange, change!.operation, change!.removed.length, rest],
    [false, 'OPTIMIZE', 2, []],
  );
});

for (const replaced of [null, 'a']) {
  test(`an append in between passes; partition ${replaced}, replaced in between, is left alone`, async (t) => {
    const table = await tableWithRows(await emptyFolder(t), MANY);
    const appended = await append(table, 'b', 1000, 5);
    const replace = { partition: { part: replaced } };
    const { snapshot } = await commit(appended, {
      operation: 'WRITE',
      add: await fileOf(table, replaced, 2000, 5),
      replace,
    });
    const before = await rowsOf(snapshot);
    const result = await optimize(table);
    assert.deepEqual([result.filesRemoved, result.conflicts], [6, 1]);
    assert.deepEqual(await rowsOf(await openTable(table.root)), before);
    const files = await dataFiles(table.root);
    assert.equal(files.length, 12 + 1 + 1 + 1, 'what could not be committed is not left behind');
  });
}

test('a table that must not be written is refused before a file is', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), MANY.slice(0, 4));
  const configuration = { 'delta.constraints.positive': 'n > 0' };
  const constrained = { ...table, metadata: { ...table.metadata, configuration } };
  await assert.rejects(optimize(constrained), { code: 'UNSUPPORTED_FEATURE' });
  assert.equal((await dataFiles(table.root)).length, 4);
});

test('an append-only table can be optimized', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), MANY, { 'delta.appendOnly': 'true' });
  assert.equal((await optimize(table)).filesRemoved, 12);
});

test('groups of wide rows stay small: a file that is joined is read with little memory', async (t) => {
  const root = await emptyFolder(t);
  const schema = struct([field('body', 'binary'), field('lines', array('string'))]);
  let table = await createTable(root, { schema });
  for (let i = 0; i < 2; i++) {
    const columns = {
      body: Array.from({ length: 1_500 }, (_, row) => Buffer.alloc(6_000, row)),
      lines: Array.from({ length: 1_500 }, () => ['x'.repeat(3_000)]),
    };
    const part = { root, schema, partitionColumns: [], partition: {} };
    const add = await writeParquet(part, [{ rows: 1_500, columns }]);
    table = (await commit(table, { operation: 'WRITE', add })).snapshot;
  }
  const { snapshot } = await optimize(table);
  const [file, ...more] = await snapshot.files();
  assert.equal(more.length, 0);
  const groups = await withSession(undefined, async (connection) => {
    const sql = `SELECT DISTINCT row_group_num_rows::INT FROM parquet_metadata(${quoteLiteral(join(root, file!.path))})`;
    return (await (await connection.run(sql)).getRows()).flat();
  });
  assert.deepEqual(groups.map(Number).sort(), [3_000 - 2_048, 2_048].sort());
});

test('bins hold neighbours up to the target, and files that need no company are left out', () => {
  const of = (...sizes: number[]) => sizes.map((size, index) => ({ ...add(`f${index}`), size }));
  const sizes = (bins: { size: number }[][]) => bins.map((bin) => bin.map(({ size }) => size));
  assert.deepEqual(sizes(binsOf(of(4, 5, 2, 100, 3, 9), 10)), [
    [4, 5],
    [2, 3],
  ]);
  assert.deepEqual(binsOf(of(10, 9), 10), []);
  const [large] = of(100);
  const deletionVector = { storageType: 'i' as const, pathOrInlineDv: '', sizeInBytes: 0, cardinality: 1 };
  assert.equal(binsOf([{ ...large!, deletionVector }], 10).length, 1);
});
