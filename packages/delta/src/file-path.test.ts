import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CorruptLogError, InvalidCommitError, UnsupportedFeatureError } from './errors.ts';
import { decodePath, encodePath } from './file-path.ts';

test('the % of a partition folder is escaped once more in the log', () => {
  assert.equal(
    encodePath('_chunk=d%3A2024-01-01/attempt-1/a.parquet'),
    '_chunk=d%253A2024-01-01/attempt-1/a.parquet',
  );
});

test('any path below the root survives', () => {
  const step = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((s) => s.isWellFormed() && !/[/\\]|^\.+$/.test(s));
  fc.assert(
    fc.property(fc.array(step, { minLength: 1 }), (steps) => {
      const path = `p=${steps.join('/')}`;
      const encoded = encodePath(path);
      assert.equal(decodePath(encoded), path);
      assert.match(encoded, /^[\x21-\x7e]*$/);
    }),
  );
});

test('a path that leaves the table is refused', () => {
  for (const path of ['../x', 'a/../../x', 'a/%2E%2E/x', '%2Fetc/passwd', '..%5Cx', '']) {
    assert.throws(() => decodePath(path), CorruptLogError, path);
  }
});

test('an absolute path is a feature that is not supported', () => {
  for (const path of ['/x', 's3://bucket/x', 'file:/x', 'file:///x']) {
    assert.throws(() => decodePath(path), UnsupportedFeatureError, path);
  }
});

test('what is not URL-encoded, or not Unicode, is refused', () => {
  assert.throws(() => decodePath('a%'), CorruptLogError);
  assert.throws(() => encodePath('\ud800'), InvalidCommitError);
});
