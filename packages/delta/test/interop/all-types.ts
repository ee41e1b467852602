import {
  type ColumnBatch,
  type ColumnValue,
  type DataType,
  field,
  type StructType,
  struct,
} from '../../src/index.ts';

const list = (elementType: DataType): DataType => ({ type: 'array', elementType, containsNull: true });
const map = (keyType: DataType, valueType: DataType): DataType => ({
  type: 'map',
  keyType,
  valueType,
  valueContainsNull: true,
});
const point = struct([field('x', 'integer'), field('label', 'string')]);

const [DAY, YEAR_1, YEAR_9999] = [86_400_000_000n, -719_162, 2_932_896];
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** Of each type the values at which implementations differ. */
const CASES: Record<string, [type: DataType, values: ColumnValue[]]> = {
  text: [
    'string',
    [
      '',
      ' ',
      'ü',
      '😀 \u{10ffff}',
      'e\u0301',
      'a\0b',
      '\t\r\n',
      '\u2028',
      `"'\\`,
      'null',
      'x'.repeat(99_999),
    ],
  ],
  n64: ['long', [0, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n]],
  n32: ['integer', [0, -1, 2 ** 31 - 1, -(2 ** 31)]],
  n16: ['short', [0, -1, 32_767, -32_768]],
  n8: ['byte', [0, -1, 127, -128]],
  f32: ['float', [0, -0, NaN, Infinity, -Infinity, Math.fround(0.1), 2 ** -149, 3.4028234663852886e38]],
  f64: ['double', [0, -0, NaN, Infinity, -Infinity, 0.1, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** 53 + 2]],
  flag: ['boolean', [true, false]],
  raw: ['binary', [new Uint8Array(), new Uint8Array([0]), ALL_BYTES]],
  day: ['date', [0, -1, YEAR_1, YEAR_9999, -141_428, -25_567]],
  at: [
    'timestamp',
    [
      0n,
      -1n,
      1n,
      1_711_848_600_123_456n,
      BigInt(YEAR_1) * DAY,
      BigInt(YEAR_9999 + 1) * DAY - 1n,
      -12_219_292_800_000_001n,
    ],
  ],
  d10: ['decimal(10,2)', ['0.00', '-0.01', '99999999.99', '-99999999.99']],
  d38: [
    'decimal(38,18)',
    ['0.000000000000000001', '-99999999999999999999.999999999999999999', '1.500000000000000000'],
  ],
  d18: ['decimal(18,0)', ['0', '999999999999999999', '-999999999999999999']],
  nested: [
    struct([field('a', 'long'), field('b', struct([field('c', 'date'), field('d', list('decimal(10,2)'))]))]),
    [
      { a: 1n, b: { c: -1, d: ['1.25', null] } },
      { a: null, b: { c: null, d: [] } },
      { a: 2n, b: null },
    ],
  ],
  texts: [list('string'), [[], [null], ['', null, '😀'], ['x'.repeat(5000)]]],
  floats: [list('float'), [[], [null, 1.5], [NaN, -0, Infinity], [0.5, 0.25]]],
  lists: [list(list('integer')), [[], [null, [], [null, 1]], [[1, 2], [3]]]],
  points: [list(point), [[], [null, { x: 1, label: null }], [{ x: null, label: '' }]]],
  counts: [
    map('string', 'long'),
    [
      [],
      [
        ['a', 1n],
        ['', null],
        ['ü😀', -(2n ** 63n)],
      ],
    ],
  ],
  byNumber: [
    map('long', point),
    [
      [
        [1n, { x: 1, label: 'one' }],
        [2n, null],
      ],
      [],
    ],
  ],
};

/** A column of each type besides the id. */
export const ALL_TYPES: StructType = struct([
  field('id', 'string', false),
  ...Object.entries(CASES).map(([name, [type]]) => field(name, type)),
]);

/** A row for each value, with null where a column has no more; the last row is null in every column. */
export function allValues(): ColumnBatch {
  const rows = Math.max(...Object.values(CASES).map(([, values]) => values.length)) + 1;
  const columns = Object.entries(CASES).map(([name, [, values]]): [string, ColumnValue[]] => [
    name,
    Array.from({ length: rows }, (_, row) => values[row] ?? null),
  ]);
  const ids = Array.from({ length: rows }, (_, row) => `row ${row}`);
  return { rows, columns: { id: ids, ...Object.fromEntries(columns) } };
}
