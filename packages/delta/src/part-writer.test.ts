import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { columnOf, emptyFolder, rowsFrom, SCHEMA } from '../test/table.ts';
import type { ColumnBatch, ColumnValue } from './column-batch.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { FileExistsError, SchemaMismatchError } from './errors.ts';
import { decodePath } from './file-path.ts';
import { rowGroupSize } from './part-file.ts';
import { openPartWriter, type PartWriter, type PartWriterOptions, writeParquet } from './part-writer.ts';
import { scan } from './scan.ts';
import { array, type DataType, field, struct } from './schema.ts';

const optionsOf = (root: string, more: Partial<PartWriterOptions> = {}): PartWriterOptions => ({
  root,
  schema: SCHEMA,
  partitionColumns: ['part'],
  partition: { part: 'd:1' },
  ...more,
});

/** Writes one column and reads it back through a commit. */
async function roundTrip(t: TestContext, type: DataType, batches: ColumnValue[][]): Promise<ColumnValue[]> {
  const root = await emptyFolder(t);
  const schema = struct([field('x', type)]);
  const options = { root, schema, partitionColumns: [], partition: {} };
  const add = await writeParquet(
    options,
    batches.map((x) => ({ rows: x.length, columns: { x } })),
  );
  const { snapshot } = await commit(await createTable(root, { schema }), { operation: 'WRITE', add });
  const values: ColumnValue[] = [];
  for await (const { columns, rows } of scan(snapshot)) {
    const x = columns.x!;
    const width = x.length / rows;
    for (let row = 0; row < rows; row++) {
      values.push(
        x instanceof Float32Array ? x.slice(row * width, (row + 1) * width) : (x[row] as ColumnValue),
      );
    }
  }
  return values;
}

test('a file lies under its partition and attempt, with its size, time and statistics', async (t) => {
  const root = await emptyFolder(t);
  const options = optionsOf(root, { directory: 'attempt-3', name: 'part-00000.parquet' });
  const [file, ...rest] = await writeParquet(options, [rowsFrom(0, 3), rowsFrom(3, 2)]);
  assert.equal(rest.length, 0);
  assert.equal(file!.path, 'part=d%253A1/attempt-3/part-00000.parquet');
  assert.deepEqual(file!.partitionValues, { part: 'd:1' });
  const { size, mtimeMs } = await stat(join(root, decodePath(file!.path)));
  assert.deepEqual([file!.size, file!.modificationTime, file!.dataChange], [size, Math.trunc(mtimeMs), true]);
  const stats = JSON.parse(file!.stats!) as { numRecords: number; maxValues: { id: string } };
  assert.deepEqual([stats.numRecords, stats.maxValues.id], [5, 'id-4']);
});

test('a part without rows makes no file', async (t) => {
  const root = await emptyFolder(t);
  assert.deepEqual(await writeParquet(optionsOf(root), [rowsFrom(0, 0)]), []);
  assert.deepEqual(await readdir(root), []);
});

test('an aborted part leaves nothing, and may be aborted again', async (t) => {
  const root = await emptyFolder(t);
  const writer = await openPartWriter(optionsOf(root));
  await writer.append(rowsFrom(0, 3));
  await writer.abort();
  await writer.abort();
  assert.deepEqual(await readdir(root), []);
  await assert.rejects(writer.append(rowsFrom(0, 1)), { code: 'WRITER_CLOSED' });
  await assert.rejects(writer.close(), { code: 'WRITER_CLOSED' });
});

test('a file that is there is never overwritten, and no temporary file stays', async (t) => {
  const root = await emptyFolder(t);
  const options = optionsOf(root, { name: 'a.parquet' });
  await writeParquet(options, [rowsFrom(0, 1)]);
  await assert.rejects(writeParquet(options, [rowsFrom(5, 1)]), FileExistsError);
  assert.deepEqual(await readdir(join(root, 'part=d%3A1')), ['a.parquet']);
});

test('a long part becomes several files, whose paths sort in the order of the rows', async (t) => {
  const root = await emptyFolder(t);
  const options = optionsOf(root, { name: 'part-00000.parquet', fileBytes: 1 });
  const files = await writeParquet(options, [rowsFrom(0, 2), rowsFrom(2, 3), rowsFrom(5, 1)]);
  const names = files.map((file) => file.path.split('/').at(-1));
  assert.deepEqual(names, ['part-00000.parquet', 'part-00000_00001.parquet', 'part-00000_00002.parquet']);
  assert.deepEqual([...names].sort(), names);
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const { snapshot } = await commit(table, { operation: 'WRITE', add: files });
  assert.deepEqual(await columnOf(snapshot, 'n'), [0n, 1n, 2n, 3n, 4n, 5n]);
});

test('a part given up after its first files leaves nothing', async (t) => {
  const root = await emptyFolder(t);
  const options = optionsOf(root, { name: 'a.parquet', fileBytes: 1 });
  const wrong = { ...rowsFrom(1, 1), rows: 2 };
  await assert.rejects(writeParquet(options, [rowsFrom(0, 1), wrong]), SchemaMismatchError);
  assert.deepEqual(await readdir(join(root, 'part=d%3A1')), []);
  await writeParquet(optionsOf(root, { name: 'a_00001.parquet' }), [rowsFrom(9, 1)]);
  await assert.rejects(writeParquet(options, [rowsFrom(0, 1), rowsFrom(1, 1)]), FileExistsError);
  assert.deepEqual(await readdir(join(root, 'part=d%3A1')), ['a_00001.parquet']);
});

test('several writers share one connection, one working at a time, and it stays as it was', async (t) => {
  const root = await emptyFolder(t);
  const connection = await (await DuckDBInstance.create()).connect();
  const writers: PartWriter[] = [];
  for (const part of ['1', '2', '3']) {
    writers.push(await openPartWriter(optionsOf(root, { connection, partition: { part } })));
  }
  for (const [index, writer] of writers.entries()) await writer.append(rowsFrom(index * 10, index + 1));
  const files = [];
  for (const writer of writers) files.push(...(await writer.close()));
  assert.deepEqual(
    files.map((file) => (JSON.parse(file.stats!) as { numRecords: number }).numRecords),
    [1, 2, 3],
  );
  assert.deepEqual(await (await connection.run('SHOW ALL TABLES')).getRows(), []);
});

test('every scalar type comes back as it went in', async (t) => {
  const values: [DataType, ColumnValue[]][] = [
    ['string', ['', 'ü 😀 \u0000 "\'', null, 'x'.repeat(100_000)]],
    ['long', [2n ** 63n - 1n, -(2n ** 63n), 0n, null]],
    ['integer', [2 ** 31 - 1, -(2 ** 31), null]],
    ['short', [32767, -32768, null]],
    ['byte', [127, -128, null]],
    ['float', [Math.fround(0.1), -0, Number.POSITIVE_INFINITY, Number.NaN, null]],
    ['double', [0.1, Number.MIN_VALUE, -Number.MAX_VALUE, null]],
    ['boolean', [true, false, null]],
    ['binary', [new Uint8Array([0, 255, 10]), new Uint8Array(0), null]],
    ['date', [0, -1, 19_782, null]],
    ['timestamp', [0n, 1_700_000_000_123_456n, -1n, null]],
    ['decimal(10,2)', ['12.50', '-0.01', '99999999.99', null]],
    ['decimal(38,0)', ['9'.repeat(38), null]],
  ];
  for (const [type, written] of values)
    assert.deepEqual(await roundTrip(t, type, [written]), written, String(type));
});

test('nested types come back as they went in', async (t) => {
  const list: DataType = { type: 'array', elementType: 'string', containsNull: true };
  assert.deepEqual(await roundTrip(t, list, [[['a', null], [], null]]), [['a', null], [], null]);
  const floats: DataType = { type: 'array', elementType: 'float', containsNull: true };
  assert.deepEqual(await roundTrip(t, floats, [[[1.5, null], null]]), [[1.5, null], null]);
  const nested = struct([field('a', 'long'), field('b', array('double'))]);
  assert.deepEqual(await roundTrip(t, nested, [[{ a: 5n, b: [0.5] }, null]]), [{ a: 5n, b: [0.5] }, null]);
  const map: DataType = { type: 'map', keyType: 'string', valueType: 'integer', valueContainsNull: true };
  assert.deepEqual(
    await roundTrip(t, map, [
      [
        [
          ['k', 1],
          ['l', null],
        ],
        null,
      ],
    ]),
    [
      [
        ['k', 1],
        ['l', null],
      ],
      null,
    ],
  );
});

test('lists of floats come back bit for bit: of one width, ragged, empty and null, in any batches', async (t) => {
  const list = fc.option(
    fc.array(fc.float({ noNaN: true }), { maxLength: 4 }).map((x) => Float32Array.from(x)),
    { nil: null },
  );
  const fixed = fc
    .array(fc.float({ noNaN: true }), { minLength: 3, maxLength: 3 })
    .map((x) => Float32Array.from(x));
  const batches = fc.array(fc.oneof(fc.array(list, { minLength: 1 }), fc.array(fixed, { minLength: 1 })), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(batches, async (written) => {
      assert.deepEqual(await roundTrip(t, array('float'), written), written.flat());
    }),
    { numRuns: 15 },
  );
});

test('typed arrays are taken as they are, also in batches longer than a chunk of DuckDB', async (t) => {
  const root = await emptyFolder(t);
  const rows = 5000;
  const batch: ColumnBatch = {
    rows,
    columns: {
      ...rowsFrom(0, rows, 3).columns,
      n: BigInt64Array.from({ length: rows }, (_, i) => BigInt(i)),
    },
  };
  const add = await writeParquet(optionsOf(root), [batch]);
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const { snapshot } = await commit(table, { operation: 'WRITE', add });
  const read: ColumnBatch[] = [];
  for await (const part of scan(snapshot, { columns: ['n', 'vector'], batchRows: rows })) read.push(part);
  assert.deepEqual(
    read.map((part) => part.rows),
    [rows],
  );
  assert.deepEqual(read[0]!.columns.n, [...(batch.columns.n as BigInt64Array)]);
  assert.deepEqual(read[0]!.columns.vector, batch.columns.vector);
});

test('a value that the column cannot hold is refused, never rounded or cut', async (t) => {
  const wrong: [DataType, ColumnValue][] = [
    ['string', 5],
    ['long', 1.5],
    ['long', 2n ** 63n],
    ['long', 2 ** 60],
    ['integer', 2 ** 31],
    ['byte', 128],
    ['boolean', 1],
    ['date', 0.5],
    ['timestamp', '2024-01-01'],
    ['decimal(4,2)', '123.4'],
    ['decimal(4,2)', '1.234'],
    ['decimal(4,2)', 'x'],
    ['binary', 'x'],
    [array('float'), 'x'],
    [array('float'), [null]],
    [array('string'), [null]],
    [array('string'), 'x'],
  ];
  for (const [type, value] of wrong) {
    await assert.rejects(
      roundTrip(t, type, [[value]]),
      SchemaMismatchError,
      `${JSON.stringify(type)} ${value}`,
    );
  }
});

test('a batch has every column of the file, no other, and as many values as rows', async (t) => {
  const root = await emptyFolder(t);
  const { columns } = rowsFrom(0, 2);
  const { id: _, ...withoutId } = columns;
  const wrong: ColumnBatch[] = [
    { rows: 2, columns: withoutId },
    { rows: 2, columns: { ...columns, more: ['a', 'b'] } },
    { rows: 2, columns: { ...columns, part: ['a', 'b'] } },
    { rows: 3, columns },
    { rows: 2, columns: { ...columns, vector: new Float32Array(3) } },
    { rows: 2, columns: { ...columns, id: ['a', null] } },
    { rows: 2, columns: { ...columns, id: ['a', undefined as unknown as string] } },
  ];
  for (const batch of wrong)
    await assert.rejects(writeParquet(optionsOf(root), [batch]), SchemaMismatchError);
  assert.deepEqual(await readdir(root), []);
});

test('a directory or name that leaves the table is refused', async (t) => {
  const root = await emptyFolder(t);
  for (const more of [{ directory: '..' }, { name: '../x' }, { directory: '/etc' }, { name: '' }]) {
    await assert.rejects(openPartWriter(optionsOf(root, more)), { code: 'INVALID_PATH' });
  }
});

test('groups of rows are whole vectors, small where rows are wide', () => {
  assert.equal(rowGroupSize(0), 122_880);
  assert.equal(rowGroupSize(100), 122_880);
  assert.equal(rowGroupSize(1600), 10_240);
  assert.equal(rowGroupSize(1e9), 2048);
});
