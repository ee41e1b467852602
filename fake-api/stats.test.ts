import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCounter } from './stats.ts';

test('texts are counted by how often they were paid', () => {
  const counter = openCounter();
  counter.paid(['a', 'b'], 2, 0);
  counter.paid(['b', 'c'], 2, 2);
  assert.equal(counter.paidFor('b'), 2);
  assert.equal(counter.paidFor('unknown'), 0);
  assert.partialDeepStrictEqual(counter.stats(), {
    paidItems: 4,
    paidTokens: 4,
    spoiledItems: 2,
    timesPaid: { 1: 2, 2: 1 },
  });
});

test('the first and the last admitted request are known', () => {
  const counter = openCounter();
  for (const now of [100, 150, 900]) counter.admitted(now);
  assert.deepEqual(counter.stats().admitted, { count: 3, firstMs: 100, lastMs: 900 });
});
