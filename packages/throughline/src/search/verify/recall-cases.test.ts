import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseFilter } from '../../filter/index.ts';
import type { Value } from '../../source/typed.ts';
import { type FilterableColumn, recallCases, SELECTIVITIES } from './recall-cases.ts';

const COLUMNS: FilterableColumn[] = [
  { name: 'product', column: 'product', type: 'string' },
  { name: 'seen', column: '_at', type: 'timestamp' },
  { name: 'n', column: 'n', type: 'long' },
  { name: 'share', column: 'share', type: 'double' },
];
const TYPES = { product: 'string', seen: 'timestamp', n: 'long', share: 'double' } as const;

test('each selectivity is met by a range and by a value, where the columns have them', () => {
  const rows = 1_000;
  const products = Array.from({ length: rows }, (_, i) =>
    i < 500 ? 'half' : i < 550 ? 'some' : i < 555 ? 'few' : `p${i}`,
  );
  const times = Array.from({ length: rows }, (_, i) => BigInt(i) * 3_600_000_000n + 1n);
  const cases = recallCases(
    COLUMNS,
    new Map<string, Value[]>([
      ['product', products],
      ['_at', times],
    ]),
  );
  assert.deepEqual(
    cases.map(({ filter }) => filter),
    [
      undefined,
      'seen >= timestamp("1970-01-21T20:00:00Z")',
      'product == "half"',
      'seen >= timestamp("1970-02-09T14:00:00Z")',
      'product == "some"',
      'seen >= timestamp("1970-02-11T11:00:00Z")',
      'product == "few"',
    ],
  );
  const shares = cases.map(({ column, keeps }) => {
    const values: Value[] = column === '_at' ? times : products;
    return values.filter((value) => column === undefined || keeps(value)).length / rows;
  });
  for (const [i, share] of shares.slice(1).entries())
    assert.ok(Math.abs(share - SELECTIVITIES[Math.floor(i / 2)]!) < 0.002, `${share}`);
});

test('every filter can be parsed, and keeps what it says', () => {
  const value = fc.oneof(fc.constant(null), fc.string(), fc.constantFrom('a"b', 'x\u2028y', '😀', 'a\\b'));
  const column = <T extends Value>(of: fc.Arbitrary<T | null>) =>
    fc.array(of, { minLength: 5, maxLength: 40 });
  fc.assert(
    fc.property(
      column(value),
      column(fc.oneof(fc.constant(null), fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }))),
      column(fc.oneof(fc.constant(null), fc.double())),
      (products, longs, doubles) => {
        const sample = new Map<string, Value[]>([
          ['product', products],
          ['n', longs],
          ['share', doubles],
        ]);
        for (const { filter, column, keeps } of recallCases(COLUMNS, sample)) {
          if (filter === undefined) continue;
          parseFilter(filter, TYPES);
          assert.ok(sample.get(column!)!.some(keeps));
          assert.equal(keeps(null), false);
        }
      },
    ),
  );
});
