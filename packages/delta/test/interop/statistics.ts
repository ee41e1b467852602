import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type AddFile,
  type ColumnValue,
  type ColumnValues,
  commit,
  createTable,
  type DataType,
  field,
  struct,
  writeParquet,
} from '../../src/index.ts';
import { emptyFolder } from '../table.ts';
import type { Counterpart } from './counterpart.ts';

const A32 = 'a'.repeat(32);
const FACES = '😀'.repeat(31);

/** A file for each value, with null besides it, so that its statistics are about it alone. */
const COLUMNS: Record<string, { type: DataType; values: ColumnValue[]; literals: string[] }> = {
  text: {
    type: 'string',
    values: [
      '',
      'b',
      A32,
      `${A32}b`,
      `${A32}\u{10ffff}`,
      `${FACES}x`,
      `${FACES}😀z`,
      `${FACES}😀😀`,
      `${A32.slice(1)}😀zz`,
      `${A32.slice(1)}\uffff!!`,
    ],
    literals: [
      "''",
      "'b'",
      `'${A32}'`,
      `'${A32}b'`,
      `'${A32}\u{10ffff}'`,
      `'${FACES}x'`,
      `'${FACES}😀z'`,
      `'${FACES}😀😀'`,
      `'${A32.slice(1)}😀zz'`,
      `'${A32.slice(1)}\uffff!!'`,
    ],
  },
  n64: {
    type: 'long',
    values: [-(2n ** 63n), 2n ** 53n + 1n, 2n ** 63n - 1n],
    literals: ['-9223372036854775807', '9007199254740993', '9223372036854775807'],
  },
  n8: { type: 'byte', values: [-128, 0, 127], literals: ['-127', '0', '127'] },
  f64: {
    type: 'double',
    values: [-0, 0.1, 1e300, Number.NaN, Number.POSITIVE_INFINITY],
    literals: ['CAST(0 AS DOUBLE)', "CAST('0.1' AS DOUBLE)", "CAST('1e300' AS DOUBLE)"],
  },
  f32: {
    type: 'float',
    values: [-1.5, Math.fround(0.1), Number.NaN, Number.NEGATIVE_INFINITY],
    literals: ["CAST('-1.5' AS FLOAT)", "CAST('0.1' AS FLOAT)"],
  },
  day: {
    type: 'date',
    values: [-719_162, -1, 2_932_896],
    literals: ["DATE '0001-01-01'", "DATE '1969-12-31'", "DATE '9999-12-31'"],
  },
  at: {
    type: 'timestamp',
    values: [-1n, 1_711_848_600_123_456n, 1_711_848_600_123_999n],
    literals: ["TIMESTAMP '1969-12-31T23:59:59.999999Z'", "TIMESTAMP '2024-03-31T01:30:00.123456Z'"],
  },
  flag: { type: 'boolean', values: [true, false], literals: ['true'] },
  money: {
    type: 'decimal(10,2)',
    values: ['-0.01', '99999999.99'],
    literals: ["CAST('-0.01' AS DECIMAL(10,2))"],
  },
};

const SCHEMA = struct([
  field('id', 'string'),
  ...Object.entries(COLUMNS).map(([name, { type }]) => field(name, type)),
]);

/** A reader that skips files by our statistics finds exactly the rows that it finds without them. */
export function testStatistics(other: Counterpart): void {
  test(`${other.name} finds exactly the right rows by our statistics`, { skip: other.skip }, async (t) => {
    const root = await emptyFolder(t);
    await commit(await createTable(root, { schema: SCHEMA }), { operation: 'WRITE', add: await files(root) });
    const conditions = Object.entries(COLUMNS).flatMap(([name, { literals }]) => [
      `${name} IS NULL`,
      ...literals.flatMap((literal) =>
        (name === 'text' ? ['=', '>=', '<'] : ['=', '>=']).map((is) => `${name} ${is} ${literal}`),
      ),
    ]);
    const expected = await other.judge(root, conditions);
    const found = await other.find(root, conditions);
    for (const [index, condition] of conditions.entries()) {
      assert.deepEqual(found[index]!.sort(), expected[index]!.sort(), condition);
    }
    const hits = found.flat().length;
    assert.ok(hits > conditions.length); // else the conditions are about nothing
  });
}

async function files(root: string): Promise<AddFile[]> {
  const added: AddFile[] = [];
  for (const [name, { values }] of Object.entries(COLUMNS)) {
    for (const [index, value] of values.entries()) {
      const empty = Object.keys(COLUMNS).map((column): [string, ColumnValues] => [column, [null, null]]);
      const columns = {
        ...Object.fromEntries(empty),
        id: [`${name} ${index}`, `${name} ${index} null`],
        [name]: [value, null],
      };
      const options = { root, schema: SCHEMA, partitionColumns: [], partition: {} };
      added.push(...(await writeParquet(options, [{ rows: 2, columns }])));
    }
  }
  return added;
}
