import assert from 'node:assert/strict';
import { test } from 'node:test';
import { literal, type Parameter, toLiteral, typed } from './literal.ts';

test('a value without a type gets the one that holds it', () => {
  const types: [Parameter, string][] = [
    [null, 'void'],
    [true, 'boolean'],
    ['a', 'string'],
    [1, 'integer'],
    [-(2 ** 31), 'integer'],
    [2 ** 31, 'long'],
    [2 ** 53, 'double'],
    [-0, 'double'],
    [0.5, 'double'],
    [1n, 'long'],
    [new Date(0), 'timestamp'],
    [new Uint8Array(), 'binary'],
  ];
  for (const [value, type] of types) assert.equal(typed(value).type, type, String(value));
});

const ARRAY = { type: 'array', elementType: 'byte', containsNull: true } as const;

for (const [type, value] of [
  ['byte', 128],
  ['short', -32_769],
  ['integer', 2 ** 31],
  ['integer', 0.5],
  ['integer', '1'],
  ['long', 2n ** 63n],
  ['long', 2 ** 53],
  ['boolean', 1],
  ['double', '1'],
  ['string', 1],
  ['string', '\ud800'],
  ['binary', 'a'],
  ['date', new Date(Number.NaN)],
  ['timestamp', new Date(Number.NaN)],
  ['timestamp', 0.5],
  ['decimal(4,2)', '123.0'],
  ['decimal(4,2)', '1.234'],
  ['decimal(4,2)', "1' OR 1"],
  ['decimal(4,2)', '1e2'],
  ['decimal(4,2)', '-'],
  ['interval', 1n],
  ['toString', 1],
  [ARRAY, [1, 128]],
  [ARRAY, 'ab'],
] as const) {
  test(`${JSON.stringify(type)} refuses ${typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)}`, () => {
    assert.throws(() => literal(type, value), /TypeError|RangeError/);
  });
}

test('decimals keep their digits', () => {
  for (const text of ['0', '-0.05', '99.99', '007.5']) {
    assert.deepEqual(toLiteral(literal('decimal(4,2)', text)).literalType, {
      case: 'decimal',
      value: { precision: 4, scale: 2, value: text },
    });
  }
});
