import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FilterNotSupportedError } from './errors.ts';
import { parseFilter } from './parse.ts';
import { toZvec } from './zvec.ts';
import { zvecString } from './zvec-string.ts';

const COLUMNS = {
  name: 'string',
  other: 'string',
  count: 'long',
  amount: 'double',
  urgent: 'boolean',
  a: 'string',
  from: 'string',
} as const;
const print = (text: string) => {
  const printed = toZvec(parseFilter(text, COLUMNS));
  return printed.match === 'some' ? printed.expression : printed.match;
};

test('negation is pushed down, and rows without a value are kept', () => {
  assert.equal(
    print('!(count > 3 && count < 9)'),
    '((count <= 3 or count is null) or (count >= 9 or count is null))',
  );
  assert.equal(print('!(name in ["x"])'), "((name != 'x' and name is not null) or name is null)");
  assert.equal(print('!(!(name == "x"))'), "name = 'x'");
  assert.equal(print('name == null'), 'name is null');
});

test('equalities of numbers and booleans, and inequalities, stand apart from each other', () => {
  assert.equal(
    print('count == 1 || count == 2'),
    '((count = 1 and count is not null) or (count = 2 and count is not null))',
  );
  assert.equal(print('name in ["x", "y"]'), "(name = 'x' or name = 'y')");
});

test('a prefix is a range in code point order', () => {
  assert.equal(print('name.startsWith("a%")'), "name >= 'a%' and name < 'a&'");
  assert.equal(print('!name.startsWith("ab")'), "(name < 'ab' or name >= 'ac' or name is null)");
  assert.equal(print('name.startsWith("\\ud7ff")'), "name >= '\ud7ff' and name < '\ue000'");
});

test('a filter that holds always or never needs no engine', () => {
  assert.equal(print('true || urgent'), 'all');
  assert.equal(print('name in [] && urgent'), 'none');
});

test('what Zvec cannot say is refused by name', () => {
  for (const [text, what] of [
    ['name == other', /another column \(other\)/],
    ['!name.contains("x")', /!name.contains/],
    ['size(name) > 3', /size\(name\)/],
    ['a == "x"', /a field named a$/],
    ['from == "x"', /a field named from$/],
    ['name == "x\\\\"', /backslashes/],
  ] as const) {
    assert.throws(
      () => print(text),
      (error) => error instanceof FilterNotSupportedError && what.test(error.message),
    );
  }
});

test('quotes are chosen so that the backslashes of a text survive', () => {
  assert.equal(zvecString("it's"), "'it\\'s'");
  assert.equal(zvecString("\\'"), '"\\\\\'"');
  assert.equal(zvecString('\\'), undefined);
  assert.equal(zvecString('\\\'\\"'), undefined);
});
