import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globPattern } from './remote-files.ts';

test('a pattern matches what a shell would, and nothing of it is a regular expression', () => {
  const matches = (pattern: string, path: string) => globPattern(pattern).test(path);
  assert.deepEqual(
    ['a.csv', 'b/a.csv', 'axcsv', 'a.csv.gz'].map((path) => matches('*.csv', path)),
    [true, false, false, false],
  );
  assert.deepEqual(
    ['a.csv', 'b/a.csv', 'b/c/a.csv'].map((path) => matches('**/*.csv', path)),
    [true, true, true],
  );
  assert.deepEqual(
    ['2024-01.csv', '2024-11.csv', '2024-111.csv'].map((path) => matches('2024-?1.csv', path)),
    [true, true, false],
  );
  assert.deepEqual(
    ['(a)+[b].csv', 'aab.csv'].map((path) => matches('(a)+[b].csv', path)),
    [true, false],
  );
});
