import assert from 'node:assert/strict';
import test from 'node:test';
import { withSession } from '../../src/duckdb.ts';
import {
  commit,
  createTable,
  type DataType,
  field,
  openTable,
  type PartitionValues,
  type Snapshot,
  struct,
  writeParquet,
} from '../../src/index.ts';
import { assertSameRows, type Row, rowsOf } from '../plain.ts';
import { emptyFolder } from '../table.ts';
import type { Counterpart } from './counterpart.ts';

const CONTROL_AND_ASCII = Array.from({ length: 0x80 - 1 }, (_, index) => String.fromCharCode(index + 1));
const STRANGE = [
  ...CONTROL_AND_ASCII,
  ...[
    'd:2024-01-01',
    'x/y',
    'k=v',
    '50%',
    '%2F',
    '%25',
    'a b',
    ' lead',
    'trail ',
    '..',
    '.hidden',
    '_hidden',
    '../up',
  ],
  ...[
    'c:\\d',
    "it's",
    '"q"',
    '*?[a]#',
    'null',
    'NULL',
    '\u0080',
    'ü',
    'u\u0308',
    '😀',
    '\u{10ffff}',
    '漢字',
    'A',
    'a',
  ],
];

/** As texts of `partitionValues` ("Partition Value Serialization"). */
const TYPED: [column: string, type: DataType, values: string[]][] = [
  ['day', 'date', ['1970-01-01', '1969-12-31', '0001-01-01', '9999-12-31']],
  ['at', 'timestamp', ['1970-01-01 00:00:00', '1969-12-31 23:59:59.999999', '2024-03-31 02:30:00.5']],
  ['n', 'long', ['0', '-9223372036854775808', '9223372036854775807']],
  ['i', 'integer', ['-2147483648', '7']],
  ['s', 'short', ['-32768', '7']],
  ['b', 'byte', ['-128', '7']],
  ['flag', 'boolean', ['true', 'false']],
  ['money', 'decimal(10,2)', ['-0.01', '99999999.99']],
  ['big', 'decimal(38,18)', ['-99999999999999999999.999999999999999999', '0.000000000000000001']],
  ['f', 'float', ['0.1', '-1.5E20', 'NaN']],
  ['x', 'double', ['0.1', '1.7976931348623157E308', '4.9E-324', 'NaN', 'Infinity', '-Infinity']],
];

/** Partition columns of every type and values of every character, in both directions. */
export function testPartitions(other: Counterpart): void {
  const { name, skip } = other;

  test(`partition values of every character, from us to ${name} and back`, { skip }, async (t) => {
    const partitions = STRANGE.map((p) => ({ p }));
    const ours = await emptyFolder(t);
    const table = await tableOf(ours, [['p', 'string']], [...partitions, { p: null }]);
    const expected: Row[] = [...STRANGE, null].map((p, index) => ({ p, id: String(index) }));
    assertSameRows(await rowsOf(table), expected);
    assertSameRows(await other.read(ours), expected);
    await assertPartitions(await copied(other, ours, await emptyFolder(t), ['p']), expected);
  });

  test(`partition values that no folder can be named after: ${name} reads ours`, { skip }, async (t) => {
    const values = ['x'.repeat(5000), '😀'.repeat(300), '__HIVE_DEFAULT_PARTITION__'];
    const ours = await emptyFolder(t);
    await tableOf(
      ours,
      [['p', 'string']],
      [...values, ''].map((p) => ({ p })),
    );
    const expected = [...values, null].map((p, index) => ({ p, id: String(index) }));
    assertSameRows(await rowsOf(await openTable(ours)), expected);
    assertSameRows(await other.read(ours), expected);
  });

  for (const [column, type, values] of TYPED) {
    test(`a partition column of ${type}, from us to ${name} and back`, { skip }, async (t) => {
      const ours = await emptyFolder(t);
      const table = await tableOf(
        ours,
        [[column, type]],
        [...values, null].map((value) => ({ [column]: value })),
      );
      const expected = await rowsOf(table);
      assert.equal(new Set(expected.map((row) => JSON.stringify(row[column]))).size, values.length + 1);
      assertSameRows(await other.read(ours), expected);
      const unwritable = other.unwritable?.[type as string] ?? [];
      if (unwritable.length > 0) await assert.rejects(other.copy(ours, await emptyFolder(t), [column]));
      const left = values.filter((value) => !unwritable.includes(value));
      const again = await emptyFolder(t);
      const source = await tableOf(
        again,
        [[column, type]],
        [...left, null].map((value) => ({ [column]: value })),
      );
      const theirs = await copied(other, again, await emptyFolder(t), [column]);
      assertSameRows(await rowsOf(theirs), await rowsOf(source));
    });
  }
}

/** A row in each partition, whose id is the partition's number. */
async function tableOf(
  root: string,
  columns: [string, DataType][],
  partitions: PartitionValues[],
): Promise<Snapshot> {
  const schema = struct([...columns.map(([name, type]) => field(name, type)), field('id', 'string')]);
  const partitionColumns = columns.map(([name]) => name);
  const add = await withSession(undefined, async (connection) => {
    const files = [];
    for (const [index, partition] of partitions.entries()) {
      const options = { root, schema, partitionColumns, partition, connection };
      files.push(...(await writeParquet(options, [{ rows: 1, columns: { id: [String(index)] } }])));
    }
    return files;
  });
  const table = await createTable(root, { schema, partitionColumns });
  return (await commit(table, { operation: 'WRITE', add })).snapshot;
}

async function copied(
  other: Counterpart,
  from: string,
  to: string,
  partitionBy: string[],
): Promise<Snapshot> {
  await other.copy(from, to, partitionBy);
  return await openTable(to);
}

/** Every row is in the table, and in the partition of its value. */
async function assertPartitions(table: Snapshot, expected: readonly Row[]): Promise<void> {
  assertSameRows(await rowsOf(table), expected);
  for (const row of expected.slice(0, 40)) {
    assertSameRows(await rowsOf(table, { partition: { p: row.p as string | null } }), [row]);
  }
}
