import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedFor, planNearest, replan } from './filter-plan.ts';

test('a search is exact where few passages meet the filter', () => {
  assert.equal(planNearest(undefined, 500).search, 'graph');
  assert.deepEqual([planNearest(0, 500).search, planNearest(0, 500).matching], ['exact', 0]);
  assert.equal(planNearest(499, 500).search, 'exact');
  assert.deepEqual([planNearest(500, 500).search, planNearest(500, 500).matching], ['graph', null]);
});

test('passages are counted until they are more than the candidates', () => {
  assert.equal(countedFor(200), 500);
  assert.equal(countedFor(2_048), 2_049);
});

test('a walk that finds fewer than there are is made exact', () => {
  const graph = planNearest(undefined, 500);
  assert.equal(replan(graph, 200, 200, 20_000).search, 'graph');
  assert.equal(replan(graph, 150, 200, 150).search, 'graph', 'there are no more');
  assert.equal(replan(graph, 199, 200, 20_000).search, 'exact');
  assert.match(replan(graph, 40, 200, 20_000).because, /40 of 200/);
});
