import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duckDbString, toDuckDb } from './duckdb.ts';
import { parseFilter } from './parse.ts';

const COLUMNS = { name: 'string', amount: 'double', count: 'long', created: 'timestamp' } as const;
const print = (text: string) => toDuckDb(parseFilter(text, COLUMNS), (name) => `"${name}"`);

test('a comparison is an AND that statistics can use', () => {
  assert.equal(print('count > 3'), `("count" IS NOT NULL AND "count" > CAST('3' AS BIGINT))`);
});

test('an inequality is the negation of the equality', () => {
  assert.equal(print('name != "a"'), `(NOT ("name" IS NOT NULL AND "name" = 'a'))`);
});

test('a double is present when it is a number', () => {
  assert.equal(print('has(amount)'), `("amount" IS NOT NULL AND NOT isnan("amount"))`);
});

test('a timestamp is printed in UTC with microseconds', () => {
  assert.match(
    print('created < timestamp("2024-01-01T01:00:00+01:00")'),
    /'2024-01-01T00:00:00\.000000Z' AS TIMESTAMPTZ/,
  );
});

test('in a literal only quotes and NUL are special', () => {
  assert.equal(duckDbString("it's \\ %"), "'it''s \\ %'");
  assert.equal(duckDbString("a\0'b"), "('a' || chr(0) || '''b')");
});
