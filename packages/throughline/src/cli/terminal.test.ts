import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatSeconds, printable, table } from './terminal.ts';

test('untrusted text is one line without anything that a terminal obeys', () => {
  assert.equal(printable('a\u001b[31mred\u0007\n\u202eb'), 'a [31mred b');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(printable(text), /[\p{Cc}\u2028\u2029\u202e]/u);
    }),
  );
});

test('columns are as wide as they need, numbers to the right', () => {
  assert.deepEqual(
    table(
      ['chunk', 'rows'],
      [
        ['d:2024-01-01', 1234],
        ['none', 2],
      ],
    ),
    ['chunk         rows', 'd:2024-01-01  1,234', 'none              2'],
  );
});

test('durations are short', () => {
  assert.deepEqual([0.25, 42, 200, 9000].map(formatSeconds), ['0.3 s', '42 s', '3 min', '2.5 h']);
});
