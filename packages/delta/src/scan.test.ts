import assert from 'node:assert/strict';
import { link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { withDeletionVector } from '../test/deletion-vector.ts';
import { columnOf, emptyFolder, rowsFrom, SCHEMA } from '../test/table.ts';
import type { ColumnBatch } from './column-batch.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { SchemaMismatchError } from './errors.ts';
import { commitPath } from './log-name.ts';
import { openTable } from './open-table.ts';
import { writeParquet } from './part-writer.ts';
import { scan } from './scan.ts';
import { field, type PrimitiveType, struct } from './schema.ts';
import type { Snapshot } from './snapshot.ts';

/** A table with one file for each [partition, first row, rows]. */
async function tableOf(
  t: TestContext,
  parts: [string | null, number, number][],
  folder = '',
): Promise<Snapshot> {
  const root = join(await emptyFolder(t), folder);
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const files = parts.map(([part, first, rows]) =>
    writeParquet({ root, schema: SCHEMA, partitionColumns: ['part'], partition: { part } }, [
      rowsFrom(first, rows),
    ]),
  );
  return (await commit(table, { operation: 'WRITE', add: (await Promise.all(files)).flat() })).snapshot;
}

async function batchesOf(
  snapshot: Snapshot,
  options: Parameters<typeof scan>[1] = {},
): Promise<ColumnBatch[]> {
  const batches: ColumnBatch[] = [];
  for await (const batch of scan(snapshot, options)) batches.push(batch);
  return batches;
}

const count = (first: number, rows: number) =>
  Array.from({ length: rows }, (_, index) => BigInt(first + index));

test('rows come in the order of the paths and, in a file, as they were written', async (t) => {
  const snapshot = await tableOf(t, [
    ['c', 20_000, 3000],
    ['a', 0, 9000],
    ['b', 10_000, 5],
  ]);
  const expected = [...count(0, 9000), ...count(10_000, 5), ...count(20_000, 3000)];
  assert.deepEqual(await columnOf(snapshot, 'n'), expected);
});

test('no batch is longer than asked for or empty, and none loses a row', async (t) => {
  const snapshot = await tableOf(t, [
    ['a', 0, 5000],
    ['b', 5000, 7],
  ]);
  for (const batchRows of [1, 1000, 2048, 5000, 1_000_000]) {
    const batches = await batchesOf(snapshot, { batchRows, columns: ['n', 'vector'] });
    assert.ok(batches.every(({ rows }) => rows > 0 && rows <= batchRows));
    assert.deepEqual(
      batches.flatMap(({ columns }) => columns.n as bigint[]),
      count(0, 5007),
    );
    assert.ok(batches.every(({ rows, columns }) => (columns.vector as Float32Array).length === rows * 2));
  }
});

test('columns come in the order asked for, partition columns from the log', async (t) => {
  const snapshot = await tableOf(t, [
    ['p', 0, 2],
    [null, 2, 1],
  ]);
  const [batch] = await batchesOf(snapshot, { columns: ['part', 'id'] });
  assert.deepEqual(Object.keys(batch!.columns), ['part', 'id']);
  assert.deepEqual(batch!.columns, { part: [null, 'p', 'p'], id: ['id-2', 'id-0', 'id-1'] });
  assert.deepEqual(await batchesOf(snapshot, { columns: [] }), [{ rows: 3, columns: {} }]);
  await assert.rejects(batchesOf(snapshot, { columns: ['none'] }), SchemaMismatchError);
});

test('files of other partitions are not opened', async (t) => {
  const snapshot = await tableOf(t, [
    ['a', 0, 2],
    ['b', 2, 2],
    [null, 4, 1],
  ]);
  for (const file of (await snapshot.files()).filter(({ partitionValues }) => partitionValues.part === 'b')) {
    await writeFile(join(snapshot.root, file.path), 'not Parquet');
  }
  const ids = async (partition: NonNullable<Parameters<typeof scan>[1]>['partition']) =>
    (await batchesOf(snapshot, { columns: ['id'], ...(partition ? { partition } : {}) })).flatMap(
      (b) => b.columns.id as string[],
    );
  assert.deepEqual(await ids({ part: 'a' }), ['id-0', 'id-1']);
  assert.deepEqual(await ids({ part: null }), ['id-4']);
  assert.deepEqual(await ids(({ part }) => part !== 'b'), ['id-4', 'id-0', 'id-1']);
  await assert.rejects(ids({ part: 'b' }));
});

test('an empty table has no batches', async (t) => {
  assert.deepEqual(await batchesOf(await tableOf(t, [])), []);
});

test('a scan that is given up closes what it opened', async (t) => {
  const snapshot = await tableOf(t, [['a', 0, 5000]]);
  for await (const batch of scan(snapshot, { batchRows: 10 })) {
    assert.equal(batch.rows, 10);
    break;
  }
});

test('vectors of several widths come as one array a row', async (t) => {
  const root = await emptyFolder(t);
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const options = {
    root,
    schema: SCHEMA,
    partitionColumns: ['part'],
    partition: { part: 'p' },
    name: 'a.parquet',
  };
  const add = [
    ...(await writeParquet(options, [rowsFrom(0, 2, 2)])),
    ...(await writeParquet({ ...options, name: 'b.parquet' }, [rowsFrom(2, 1, 3)])),
  ];
  const { snapshot } = await commit(table, { operation: 'WRITE', add });
  const [batch] = await batchesOf(snapshot, { columns: ['vector'] });
  const vectors = batch!.columns.vector as Float32Array[];
  assert.deepEqual(vectors, [
    new Float32Array([0, 0.25]),
    new Float32Array([0.5, 0.75]),
    new Float32Array([2, 2.25, 2.5]),
  ]);
});

test('folders and partitions with every special character are read', async (t) => {
  const strange = [
    'a b',
    'x/y',
    'k=v',
    '50%',
    "it's",
    '"q"',
    'ü😀',
    '*?[a]',
    'a#b',
    '..',
    'c:\\d',
    '{x}',
    '%2F',
    '\n',
  ];
  const snapshot = await tableOf(
    t,
    strange.map((part, index) => [part, index, 1]),
    "a [dir]* with 'all' % of = it?",
  );
  const [batch] = await batchesOf(await openTable(snapshot.root), { columns: ['part', 'n'] });
  const { part, n } = batch!.columns as { part: string[]; n: bigint[] };
  assert.deepEqual(
    Object.fromEntries(part.map((value, row) => [value, Number(n[row])])),
    Object.fromEntries(strange.map((value, index) => [value, index])),
  );
});

test('partition columns of every type have their JavaScript form', async (t) => {
  const values: [PrimitiveType, string, unknown][] = [
    ['long', '9007199254740993', 9007199254740993n],
    ['integer', '-5', -5],
    ['date', '1970-01-02', 1],
    ['timestamp', '1970-01-01 00:00:01.000001', 1_000_001n],
    ['boolean', 'true', true],
    ['double', '0.5', 0.5],
    ['decimal(5,2)', '1.5', '1.50'],
  ];
  const root = await emptyFolder(t);
  const schema = struct([field('x', 'string'), ...values.map(([type], index) => field(`p${index}`, type))]);
  const partitionColumns = values.map((_, index) => `p${index}`);
  const table = await createTable(root, { schema, partitionColumns });
  const partition = Object.fromEntries(values.map(([, text], index) => [`p${index}`, text]));
  const add = await writeParquet({ root, schema, partitionColumns, partition }, [
    { rows: 1, columns: { x: ['a'] } },
  ]);
  const [batch] = await batchesOf((await commit(table, { operation: 'WRITE', add })).snapshot, {
    columns: partitionColumns,
  });
  assert.deepEqual(
    Object.values(batch!.columns),
    values.map(([, , value]) => [value]),
  );
});

test('a column that was added later is null in older files', async (t) => {
  const snapshot = await tableOf(t, [['a', 0, 2]]);
  const first = await readFile(join(snapshot.root, commitPath(0)), 'utf8');
  const { metaData } = JSON.parse(first.split('\n').find((line) => line.includes('metaData'))!);
  const schemaString = JSON.stringify(struct([...SCHEMA.fields, field('late', 'decimal(9,3)')]));
  await mkdir(join(snapshot.root, '_delta_log'), { recursive: true });
  await writeFile(
    join(snapshot.root, commitPath(2)),
    JSON.stringify({ metaData: { ...metaData, schemaString } }),
  );
  assert.deepEqual(await columnOf(await openTable(snapshot.root), 'late'), [null, null]);
});

test('more files than one query takes are all read, in order', async (t) => {
  const root = await emptyFolder(t);
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const [file] = await writeParquet(
    { root, schema: SCHEMA, partitionColumns: ['part'], partition: { part: 'p' } },
    [rowsFrom(0, 1)],
  );
  const add = await Promise.all(
    Array.from({ length: 600 }, async (_, index) => {
      const path = `f${String(index).padStart(4, '0')}.parquet`;
      await link(join(root, file!.path), join(root, path));
      return { ...file!, path, partitionValues: { part: `${index}` } };
    }),
  );
  const { snapshot } = await commit(table, { operation: 'WRITE', add });
  assert.deepEqual(
    await columnOf(snapshot, 'part'),
    Array.from({ length: 600 }, (_, index) => `${index}`),
  );
});

test('a folder that looks like a value of a column does not change that column', async (t) => {
  const root = await emptyFolder(t);
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const options = {
    root,
    schema: SCHEMA,
    partitionColumns: ['part'],
    partition: { part: 'p' },
    directory: 'n=99',
  };
  const add = await writeParquet(options, [rowsFrom(5, 1)]);
  assert.deepEqual(await columnOf((await commit(table, { operation: 'WRITE', add })).snapshot, 'n'), [5n]);
});

test('a void column is null in every row, and nothing is written to a table with one', async (t) => {
  const snapshot = await tableOf(t, [['a', 0, 2]]);
  const schema = struct([...SCHEMA.fields, field('nothing', 'void')]);
  const withVoid = { ...snapshot, metadata: { ...snapshot.metadata, schema } };
  const [batch] = await batchesOf(withVoid, { columns: ['n', 'nothing'] });
  assert.deepEqual(batch!.columns.nothing, [null, null]);
  await assert.rejects(commit(withVoid, { operation: 'WRITE', add: [] }), { code: 'UNSUPPORTED_FEATURE' });
});

test('deleted rows are left out, in every query', async (t) => {
  const { snapshot, rows } = await withDeletionVector(await emptyFolder(t));
  assert.deepEqual(await columnOf(snapshot, 'n'), rows);
  const [batch] = await batchesOf(snapshot, { where: [{ column: 'n', op: '>=', value: 0n }] });
  assert.deepEqual(batch!.columns.n, rows);
});

test('a column that DuckDB numbers rows by is refused beside a deletion vector, by name', async (t) => {
  const { snapshot } = await withDeletionVector(await emptyFolder(t));
  const schema = struct([...SCHEMA.fields, field('File_Row_Number', 'long')]);
  const clash = { ...snapshot, metadata: { ...snapshot.metadata, schema } };
  await assert.rejects(batchesOf(clash), /file_row_number/);
});
