import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bindParameters } from './bind-parameters.ts';
import { literal } from './literal.ts';

const bind = (query: string) => bindParameters(query, { p: 1 });

test('a marker is replaced wherever it is one', () => {
  assert.equal(bind('SELECT :p, (:p)FROM t WHERE a=:p'), 'SELECT  1 , ( 1 )FROM t WHERE a= 1 ');
});

for (const query of [
  "':p'",
  '":p"',
  '`:p`',
  '`a``:p`',
  "'it''s :p'",
  "'\\' :p'",
  "r'\\'",
  '-- :p\n',
  '/* :p */',
  '/* /* */ :p */',
  '/* :p',
  'a::p',
  ':pp',
  ':other',
]) {
  test(`${query.trim()} stays`, () => {
    assert.equal(bind(query), query);
  });
}

test('a raw string ends at its quote, a name that ends in r begins none', () => {
  assert.equal(bind("r'\\' :p"), "r'\\'  1 ");
  assert.equal(bind("bar'\\' :p'"), "bar'\\' :p'");
});

test('no value adds a quote, a comment or a semicolon of its own', () => {
  const inert = /^ (?:'[\w .,:;/=+@-]*'|CAST\(X'[0-9a-f]*' AS STRING\)) $/;
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(text.isWellFormed());
      assert.match(bindParameters(':p', { p: text }), inert);
    }),
  );
});

test('negative numbers do not begin a comment', () => {
  assert.equal(bindParameters('1 -:p', { p: -1 }), '1 - (-1) ');
  assert.equal(bindParameters('1 -:p', { p: -1n }), '1 - (-1L) ');
});

test('names of fields are quoted', () => {
  const type = {
    type: 'struct' as const,
    fields: [{ name: "a`'b", type: 'integer', nullable: true, metadata: {} }],
  };
  const bound = bindParameters(':p', { p: literal(type, { "a`'b": 1 }) });
  assert.equal(bound, " CAST(named_struct(CAST(X'61602762' AS STRING), 1) AS STRUCT<`a``'b`: INT>) ");
});
