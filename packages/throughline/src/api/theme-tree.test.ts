import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { themeTree } from './theme-tree.ts';

const shape = (pairs: [string, string | null][]) =>
  themeTree(pairs.map(([id, parent]) => ({ id, parent }))).map(({ theme, depth }) => `${depth}${theme.id}`);

test('children follow their parent, in the order that they come in', () => {
  assert.deepEqual(
    shape([
      ['a', 'p'],
      ['b', null],
      ['p', null],
      ['c', 'p'],
    ]),
    ['0b', '0p', '1a', '1c'],
  );
});

test('a parent that is not there is as none', () => {
  assert.deepEqual(shape([['a', 'gone']]), ['0a']);
});

test('every theme is there once, also where parents go in a circle', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const themes = fc.uniqueArray(fc.record({ id, parent: fc.option(id) }), { selector: (one) => one.id });
  fc.assert(
    fc.property(themes, (list) => {
      const ids = themeTree(list).map(({ theme }) => theme.id);
      assert.deepEqual(ids.toSorted(), list.map((one) => one.id).toSorted());
    }),
  );
});
