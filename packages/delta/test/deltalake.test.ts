/** deltalake (delta-rs) reads what we write, and we read what it writes. */
import assert from 'node:assert/strict';
import { cp, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import {
  array,
  type ColumnBatch,
  type Condition,
  checkpoint,
  cleanLog,
  commit,
  createTable,
  field,
  keepVersion,
  merge,
  openTable,
  type Snapshot,
  scan,
  struct,
  UnsupportedFeatureError,
  vacuum,
  writeParquet,
} from '../src/index.ts';
import { deltalake, skip } from './delta-rs.ts';
import { append, tableWithRows } from './files.ts';
import { assertSameRows, type Row, rowsOf } from './plain.ts';
import { emptyFolder } from './table.ts';

interface Read {
  version: number;
  rows: Row[];
  types: Record<string, string>;
  records: number;
  operations: string[];
}

const SCHEMA = struct([
  field('part', 'string'),
  field('id', 'string', false),
  field('n', 'long'),
  field('at', 'timestamp'),
  field('vector', array('float')),
  field('day', 'date'),
  field('price', 'decimal(10,2)'),
  field('raw', 'binary'),
  field('ok', 'boolean'),
]);
const STRANGE = [
  'd:2024-01-01',
  'x/y',
  'k=v',
  '50%',
  '%2F',
  'a b',
  'ü😀',
  "it's",
  '"q"',
  '*?[a]#',
  '..',
  'c:\\d',
  '\t',
  null,
];
const WIDTH = 384;

function batchFrom(first: number): ColumnBatch {
  const [a, b] = [first, first + 1];
  return {
    rows: 2,
    columns: {
      id: [`id-${a}`, `${'long '.repeat(20)}ü${b}`],
      n: [2n ** 60n + BigInt(a), null],
      at: [1_700_000_000_123_456n + BigInt(a), null],
      vector: Float32Array.from({ length: 2 * WIDTH }, (_, index) => Math.fround(Math.sin(first + index))),
      day: [19_782 + a, null],
      price: [`${a}.25`, null],
      raw: [new Uint8Array([a % 256, 0, 255]), null],
      ok: [a % 2 === 0, null],
    },
  };
}

/** A table of two rows and one commit for each strange partition, so with our checkpoint at version 10. */
async function ourTable(root: string): Promise<Snapshot> {
  let snapshot = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'], name: 'ours' });
  for (const [index, part] of STRANGE.entries()) {
    const options = {
      root,
      schema: SCHEMA,
      partitionColumns: ['part'],
      partition: { part },
      directory: 'attempt-1',
    };
    for (const first of [5000, index * 10]) {
      const add = await writeParquet({ ...options, name: `part-${first}.parquet` }, [batchFrom(first)]);
      const txn = { appId: `pipeline/${part}`, version: first === 5000 ? 1 : 2 };
      const change = { operation: 'WRITE', operationParameters: { mode: 'Overwrite' }, add, txn };
      snapshot = (await commit(snapshot, { ...change, replace: { partition: { part } } })).snapshot;
    }
  }
  return snapshot;
}

test('deltalake reads our table: rows, types, statistics, history', { skip }, async (t) => {
  const root = await emptyFolder(t);
  const snapshot = await ourTable(root);
  const read = await deltalake<Read>('read', root);
  assert.equal(read.version, snapshot.version);
  assert.equal(read.rows.length, STRANGE.length * 2);
  assertSameRows(read.rows, await rowsOf(snapshot));
  assert.equal(read.records, STRANGE.length * 2);
  assert.equal(read.types.at, 'timestamp[us, tz=UTC]');
  assert.match(read.types.vector!, /^list<element: float/);
  assert.deepEqual([read.operations[0], read.operations.at(-1)], ['WRITE', 'CREATE TABLE']);
});

test('deltalake reads our checkpoint when the commits before it are gone', { skip }, async (t) => {
  const root = await emptyFolder(t);
  const snapshot = await ourTable(root);
  const copy = await emptyFolder(t);
  await cp(root, copy, { recursive: true });
  const log = join(copy, '_delta_log');
  const commits = (await readdir(log)).filter((name) => /^\d{20}\.json$/.test(name)).sort();
  for (const name of commits.slice(0, 20)) await unlink(join(log, name));
  const read = await deltalake<Read>('read', copy);
  assertSameRows(read.rows, await rowsOf(snapshot));
  assert.equal(await deltalake('txn', copy, `pipeline/${STRANGE[0]}`), 2);
  assert.deepEqual(await (await openTable(copy)).files(), await snapshot.files());
});

test('deltalake finds a row in each partition and by each statistic: nothing is skipped wrongly', {
  skip,
}, async (t) => {
  const root = await emptyFolder(t);
  await ourTable(root);
  const find = (column: string, value: unknown) =>
    deltalake<Row[]>('pruned', root, JSON.stringify({ column, value }));
  for (const part of ['d:2024-01-01', '%2F', 'ü😀']) assert.equal((await find('part', part)).length, 2, part);
  const long = `${'long '.repeat(20)}ü11`;
  assert.deepEqual(await find('id', long), [{ id: long }]);
  assert.deepEqual(await find('at', String(1_700_000_000_123_456n + 20n)), [{ id: 'id-20' }]);
});

test('we read what deltalake writes: appends, its checkpoint, an overwrite, null and strange partitions', {
  skip,
}, async (t) => {
  const root = await emptyFolder(t);
  const theirs = await deltalake<Read>('write', root, JSON.stringify(['a', ...STRANGE]));
  const snapshot = await openTable(root);
  assert.equal(snapshot.version, theirs.version);
  assertSameRows(await rowsOf(snapshot), theirs.rows);
  assert.equal((await (await openTable(root, { version: 3 })).files()).length, (STRANGE.length + 1) * 4);
});

test('both write one table in turns, and each reads the other', { skip }, async (t) => {
  const root = await emptyFolder(t);
  const schema = struct(SCHEMA.fields.slice(0, 5).map((column) => ({ ...column, nullable: true })));
  const options = { root, schema, partitionColumns: ['part'] };
  const first = await createTable(root, options);
  const { id, n, at, vector } = batchFrom(0).columns;
  const batch = { rows: 2, columns: { id: id!, n: n!, at: at!, vector: vector! } };
  const add = [
    ...(await writeParquet({ ...options, partition: { part: 'gone' } }, [batch])),
    ...(await writeParquet({ ...options, partition: { part: 'stays' } }, [batch])),
  ];
  await commit(first, { operation: 'WRITE', add, txn: { appId: 'us', version: 1 } });
  const theirs = await deltalake<Read>('append', root);
  const opened = await openTable(root);
  assertSameRows(await rowsOf(opened), theirs.rows);
  assert.equal(opened.txn('us'), 1);
  const ours = await writeParquet({ ...options, partition: { part: 'theirs' } }, [batch]);
  const change = { operation: 'WRITE', add: ours, replace: { partition: { part: 'theirs' } } };
  const { snapshot } = await commit(first, { ...change, txn: { appId: 'us', version: 2 } });
  const read = await deltalake<Read>('read', root);
  assertSameRows(read.rows, await rowsOf(snapshot));
  assert.deepEqual(new Set(read.rows.map((row) => row.part)), new Set(['stays', 'theirs']));
});

test('a table of deltalake that needs a newer protocol is refused by name', { skip }, async (t) => {
  const root = await emptyFolder(t);
  const versions = await deltalake<number[]>('features', root);
  assert.deepEqual(versions, [3, 7]);
  await assert.rejects(openTable(root), UnsupportedFeatureError);
});

test('a NaN that the footer does not speak of is found where it is greater than what is asked for', {
  skip,
}, async (t) => {
  const root = await emptyFolder(t);
  await deltalake('write_nan', root);
  const snapshot = await openTable(root);
  const found = async (...where: Condition[]) => {
    const values: unknown[] = [];
    for await (const { columns } of scan(snapshot, { columns: ['x'], where }))
      values.push(...(columns.x as number[]));
    return values;
  };
  for (const column of ['x', 'f']) {
    assert.deepEqual(await found({ column, op: '>', value: 100 }), [Number.NaN]);
    assert.deepEqual(await found({ column, op: '>=', value: 100 }), [Number.NaN]);
    assert.deepEqual(await found({ column, op: '=', value: Number.NaN }), [Number.NaN]);
    assert.deepEqual(await found({ column, op: 'in', values: [Number.NaN] }), [Number.NaN]);
    assert.deepEqual(await found({ column, op: '!=', value: 1 }), [Number.NaN, -0]);
    assert.deepEqual(await found({ column, op: '<', value: 1 }), [-0]);
  }
});

test('a version that is kept, and the versions after a cleaned log, are read by deltalake', {
  skip,
}, async (t) => {
  const root = await emptyFolder(t);
  const inAYear = () => Date.now() + 365 * 86_400_000;
  const kept = await tableWithRows(root, [
    ['a', 0, 3],
    ['b', 3, 2],
  ]);
  await keepVersion(root, kept.version);
  const { snapshot } = await commit(kept, { operation: 'DELETE', add: [], replace: 'all' });
  const last = await append(snapshot, 'c', 5, 4);
  await checkpoint(last);
  await vacuum(last, { clock: inAYear, dryRun: false });
  assert.ok((await cleanLog(last, { clock: inAYear })).length > 0);
  assert.equal((await deltalake<Row[]>('every', root)).length, 4);
  assert.equal(await deltalake<number>('count_at', root, String(kept.version)), 5);
});

test('deltalake reads what a merge leaves: rows, statistics, history', { skip }, async (t) => {
  const root = await emptyFolder(t);
  const before = await ourTable(root);
  const values = new Set(['id-0', 'id-20', `${'long '.repeat(20)}ü21`]);
  const { snapshot, removedRows } = await merge(before, { add: [], without: { column: 'id', values } });
  assert.equal(removedRows, 3);
  const read = await deltalake<Read>('read', root);
  assert.equal(read.version, snapshot.version);
  assertSameRows(read.rows, await rowsOf(snapshot));
  assert.deepEqual([read.rows.length, read.records], [STRANGE.length * 2 - 3, STRANGE.length * 2 - 3]);
  assert.equal(read.operations[0], 'MERGE');
});
