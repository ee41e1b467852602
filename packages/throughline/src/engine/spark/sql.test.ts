/** What Spark itself makes of these is in filter/spark.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sparkName, sparkString } from './sql.ts';

test('a text in which nothing has a meaning is a plain literal', () => {
  assert.equal(sparkString('s3a://bucket/a b?c="é😀`$1'), `'s3a://bucket/a b?c="é😀\`$1'`);
});

test('a quote, a backslash, a variable or a control character never stands between quotes', () => {
  for (const text of ["'", '\\', `\${x}`, '\0', '\n']) {
    assert.match(sparkString(`a${text}`), /^CAST\(X'61[0-9a-f]+' AS STRING\)$/);
  }
});

test('half of a surrogate pair is refused', () => {
  assert.throws(() => sparkString('a\ud800'), TypeError);
  assert.throws(() => sparkName('\udc00'), TypeError);
});
