import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { emptyFolder } from '../test/table.ts';
import type { ColumnValue } from './column-batch.ts';
import { commit } from './commit.ts';
import { type Condition, conditionSql } from './condition.ts';
import { createTable } from './create-table.ts';
import { withSession } from './duckdb.ts';
import { SchemaMismatchError } from './errors.ts';
import { mayMatch } from './file-skipping.ts';
import { writeParquet } from './part-writer.ts';
import { relation } from './relation.ts';
import { scan } from './scan.ts';
import { type DataType, field, type PrimitiveType, struct } from './schema.ts';
import { selectedFiles } from './selected-files.ts';

/** Few values of each type, with the ones at which bounds go wrong. */
const VALUES: Partial<Record<PrimitiveType, ColumnValue[]>> = {
  string: ['', 'a', 'b', '\u{ffff}', '\u{1f600}', `${'x'.repeat(32)}a`, `${'x'.repeat(32)}\u{10ffff}b`],
  long: [-(2n ** 63n), 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n],
  integer: [-1, 0, 7],
  float: [0.1, -0, Number.NaN, Number.POSITIVE_INFINITY, 16_777_217],
  double: [0.1, 1e300, Number.NaN, Number.NEGATIVE_INFINITY, -5],
  date: [-719_162, -1, 0, 19_000],
  timestamp: [-1n, 0n, 1n, 999n, 1000n, 1_700_000_000_123_456n],
  timestamp_ntz: [-1n, 0n, 999_999n, 1_700_000_000_123_456n],
  boolean: [true, false],
  'decimal(10,2)': ['0.10', '0.11', '-99999999.99'],
};

const TYPES = Object.keys(VALUES) as PrimitiveType[];
const OPS = ['=', '!=', '<', '<=', '>', '>='] as const;

const scenario = fc.constantFrom(...TYPES).chain((type) => {
  const value = fc.constantFrom(...VALUES[type]!);
  const condition: fc.Arbitrary<Condition> = fc.oneof(
    fc.record({ column: fc.constant('x'), op: fc.constantFrom(...OPS), value }),
    fc.record({
      column: fc.constant('x'),
      op: fc.constant('in' as const),
      values: fc.array(value, { maxLength: 2 }),
    }),
    fc.record({ column: fc.constant('x'), op: fc.constantFrom('is null' as const, 'is not null' as const) }),
  );
  const file = fc.array(fc.option(value, { freq: 4 }), { minLength: 1, maxLength: 3 });
  return fc.record({
    type: fc.constant(type as DataType),
    files: fc.array(file, { minLength: 1, maxLength: 3 }),
    where: fc.array(condition, { minLength: 1, maxLength: 2 }),
  });
});

test('a scan with conditions finds exactly the rows that the conditions fit, whatever files it skips', async (t) => {
  let [skipped, found] = [0, 0];
  await fc.assert(
    fc.asyncProperty(scenario, async ({ type, files, where }) => {
      const root = await emptyFolder(t);
      const schema = struct([field('x', type), field('n', 'integer')]);
      const table = await createTable(root, { schema });
      let next = 0;
      const add = [];
      for (const values of files) {
        const columns = { x: values, n: values.map(() => next++) };
        const options = { root, schema, partitionColumns: [], partition: {} };
        add.push(...(await writeParquet(options, [{ rows: values.length, columns }])));
      }
      const { snapshot } = await commit(table, { operation: 'WRITE', add });
      const expected = await withSession(undefined, async (connection) => {
        await using all = await relation(snapshot);
        const sql = `SELECT n FROM ${all.sql} WHERE ${conditionSql(where, schema.fields)} ORDER BY n`;
        return (await (await connection.run(sql)).getRows()).flat();
      });
      const actual: unknown[] = [];
      for await (const { columns } of scan(snapshot, { columns: ['n'], where }))
        actual.push(...(columns.n as number[]));
      assert.deepEqual(actual.toSorted(), expected.toSorted());
      await using filtered = await relation(snapshot, { where });
      const counted = await withSession(undefined, async (connection) =>
        (await connection.run(`SELECT count(*) FROM ${filtered.sql}`)).getRowsJson(),
      );
      assert.deepEqual(counted, [[String(expected.length)]]);
      skipped += files.length - (await selectedFiles(snapshot, { where })).length;
      found += expected.length;
    }),
    { numRuns: 60 },
  );
  assert.ok(skipped > 10, `files were skipped (${skipped})`);
  assert.ok(found > 10, `rows were found (${found})`);
});

test('a partition is a bound of its files, and rows of a partition are found by their value', async (t) => {
  const root = await emptyFolder(t);
  const schema = struct([field('day', 'date'), field('n', 'long')]);
  const table = await createTable(root, { schema, partitionColumns: ['day'] });
  const add = [];
  for (const day of ['1969-12-31', '2024-02-29', null]) {
    const options = { root, schema, partitionColumns: ['day'], partition: { day } };
    add.push(...(await writeParquet(options, [{ rows: 2, columns: { n: [1n, 2n] } }])));
  }
  const { snapshot } = await commit(table, { operation: 'WRITE', add });
  const days = async (...where: Condition[]) => {
    const rows: unknown[] = [];
    for await (const { columns } of scan(snapshot, { where })) rows.push(...(columns.day as number[]));
    return [(await selectedFiles(snapshot, { where })).length, rows];
  };
  assert.deepEqual(await days({ column: 'day', op: '=', value: -1 }), [1, [-1, -1]]);
  assert.deepEqual(await days({ column: 'day', op: '>', value: -1 }, { column: 'n', op: '=', value: 2n }), [
    1,
    [19_782],
  ]);
  assert.deepEqual(await days({ column: 'day', op: 'is null' }), [1, [null, null]]);
  assert.deepEqual(await days({ column: 'day', op: 'in', values: [5, 6] }), [0, []]);
});

test('statistics cut to milliseconds, or damaged, or absent, never hide a row', () => {
  const fields = [field('at', 'timestamp')];
  const table = { fields, partitionColumns: [], physical: ({ name }: { name: string }) => name };
  const file = (stats?: string) => ({
    path: 'x',
    partitionValues: {},
    size: 1,
    modificationTime: 1,
    dataChange: true,
    ...(stats === undefined ? {} : { stats }),
  });
  const later: Condition[] = [{ column: 'at', op: '>', value: 1_000_500n }];
  const cut = '{"numRecords":1,"maxValues":{"at":"1970-01-01T00:00:01.000Z"},"nullCount":{"at":0}}';
  assert.ok(mayMatch(file(cut), later, table));
  assert.ok(
    mayMatch(
      file(cut.replace('01.000Z', '01.000-08:00').replace('1970-01-01T00', '1969-12-31T16')),
      later,
      table,
    ),
  );
  assert.ok(!mayMatch(file(cut.replace('01.000Z', '00.999Z')), later, table));
  const odd = '{"numRecords":1,"nullCount":{"at":{"x":0}},"maxValues":{}}';
  assert.ok(mayMatch(file(odd), [{ column: 'at', op: 'is null' }], table));
  const named = { ...table, fields: [field('constructor', 'long')] };
  assert.ok(mayMatch(file(odd), [{ column: 'constructor', op: '=', value: 1n }], named));
  for (const stats of [undefined, '', '{', '{"maxValues":{"at":"when?"}}', '{"maxValues":7}', 'null', '[]']) {
    assert.ok(mayMatch(file(stats), later, table), stats);
  }
});

test('a condition on a column that is not there, or with a value of another type, is an error', async (t) => {
  const table = await createTable(await emptyFolder(t), { schema: struct([field('n', 'long')]) });
  const wrong: Condition[] = [
    { column: 'm', op: 'is null' },
    { column: 'n', op: '=', value: 'one' },
    { column: 'n', op: 'in', values: [1n, 1.5] },
  ];
  for (const condition of wrong) {
    await assert.rejects(scan(table, { where: [condition] }).next(), SchemaMismatchError);
    await assert.rejects(relation(table, { where: [condition] }), SchemaMismatchError);
  }
});
