import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedFor, planNearest, replan } from './filter-plan.ts';

const MANY = 1_000_000;

test('without a filter the graph is walked', () => {
  assert.equal(planNearest(MANY, undefined, 1_000).search, 'graph');
  assert.equal(planNearest(10, undefined, 0).search, 'graph');
});

test('with a filter a small index is compared as a whole, and nobody counts', () => {
  assert.equal(countedFor(20_000, 200), 0);
  assert.deepEqual([planNearest(20_000, 0, 0).search, planNearest(20_000, 0, 0).matching], ['exact', null]);
});

test('in a large one the search is exact where few passages meet the filter', () => {
  const counted = countedFor(MANY, 200);
  assert.deepEqual(
    [planNearest(MANY, 0, counted).search, planNearest(MANY, 0, counted).matching],
    ['exact', 0],
  );
  assert.equal(planNearest(MANY, counted - 1, counted).search, 'exact');
  assert.deepEqual(
    [planNearest(MANY, counted, counted).search, planNearest(MANY, counted, counted).matching],
    ['graph', null],
  );
  assert.ok(countedFor(MANY, 2_000) > 2_000, 'they are counted until they are more than the candidates');
});

test('a walk that finds fewer than there are is made exact', () => {
  const graph = planNearest(MANY, undefined, 0);
  assert.equal(replan(graph, 200, 200, MANY).search, 'graph');
  assert.equal(replan(graph, 150, 200, 150).search, 'graph', 'there are no more');
  assert.equal(replan(graph, 199, 200, MANY).search, 'exact');
  assert.match(replan(graph, 40, 200, MANY).because, /40 of 200/);
});
