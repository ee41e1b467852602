import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareCodePoints } from './code-point-order.ts';
import { evaluate, type FilterRow } from './evaluate.ts';
import { parseFilter } from './parse.ts';

const COLUMNS = {
  name: 'string',
  other: 'string',
  amount: 'double',
  count: 'long',
  urgent: 'boolean',
} as const;
const holds = (text: string, row: FilterRow) => evaluate(parseFilter(text, COLUMNS), row);

test('a comparison with null is false, and its negation true', () => {
  for (const text of [
    'name == "a"',
    'name < "a"',
    'name > "a"',
    'name in ["a"]',
    'name.contains("")',
    'name == other',
  ]) {
    assert.equal(holds(text, { name: null }), false, text);
    assert.equal(holds(`!(${text})`, { name: null }), true, text);
  }
  assert.equal(holds('name != "a"', {}), true);
  assert.equal(holds('urgent', {}), false);
  assert.equal(holds('!urgent', {}), true);
});

test('NaN counts as null', () => {
  assert.equal(holds('amount > 0.0', { amount: Number.NaN }), false);
  assert.equal(holds('amount == null', { amount: Number.NaN }), true);
});

test('numbers compare by value, whatever type holds them', () => {
  assert.equal(holds('count > 9007199254740992', { count: 9007199254740993n }), true);
  assert.equal(holds('count == 3', { count: 3 }), true);
  assert.equal(holds('amount == 0.0', { amount: -0 }), true);
});

test('text compares by code point and is counted in code points', () => {
  assert.equal(holds('name > "\\uffff"', { name: '😀' }), true);
  assert.equal(holds('size(name) == 1', { name: '😀' }), true);
  assert.equal(holds('name.size() >= 1', { name: '' }), false);
  assert.equal(holds('name.startsWith("É")', { name: 'é' }), false);
});

test('code point order is the order of UTF-8 bytes', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '\0', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}'),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareCodePoints(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
