import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHarvest } from './harvest.ts';

test('vectors come to their texts, NaN stays where nothing came, the missing are told', () => {
  const harvest = openHarvest(3, 2);
  const good = new Map([[1, Float32Array.of(5, 6)]]);
  assert.deepEqual(harvest.keep([2, 0], { good, bad: [0], tokens: 7, repeated: 0 }), [2]);
  assert.deepEqual([...harvest.vectors], [5, 6, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  assert.equal(harvest.tokens, 7);
});
