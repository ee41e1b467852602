import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockRanges } from './copy-rows.ts';

test('ranges of blocks leave out none and meet nowhere, however the table grows', () => {
  for (const blocks of [2_000, 2_001, 9_999]) {
    const bounds = blockRanges(blocks).map((where) =>
      [...where.matchAll(/\((\d+),0\)/g)].map(([, n]) => Number(n)),
    );
    assert.deepEqual(bounds[0]![0], 0);
    for (const [i, [, until]] of bounds.slice(0, -1).entries()) assert.equal(until, bounds[i + 1]![0]);
    assert.equal(bounds.at(-1)!.length, 1);
    assert.ok(bounds.at(-1)![0]! < blocks);
  }
});

test('a small table, a view and a query are read at once', () => {
  assert.deepEqual([blockRanges(1_999), blockRanges(undefined)], [[''], ['']]);
});
