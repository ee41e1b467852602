import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluate } from './evaluate.ts';
import { renameColumns } from './rename.ts';
import { filter, row } from './testing/arbitrary.ts';

test('a renamed filter says of renamed rows what it said before', () => {
  fc.assert(
    fc.property(filter, row, (one, values) => {
      const renamed = Object.fromEntries(Object.entries(values).map(([name, value]) => [`_${name}`, value]));
      assert.equal(
        evaluate(
          renameColumns(one, (name) => `_${name}`),
          renamed,
        ),
        evaluate(one, values),
      );
    }),
  );
});
