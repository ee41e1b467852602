import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { averagePrecision, measure, ndcg, recall, reciprocalRank } from './metrics.ts';

const relevant = new Map([
  ['a', 3],
  ['b', 2],
  ['c', 1],
]);

test('a ranking is measured as by hand', () => {
  const ranking = ['x', 'a', 'b', 'y'];
  const ideal = 3 + 2 / Math.log2(3) + 1 / 2;
  assert.ok(Math.abs(ndcg(ranking, relevant, 10) - (3 / Math.log2(3) + 2 / 2) / ideal) < 1e-12);
  assert.equal(recall(ranking, relevant, 2), 1 / 3);
  assert.equal(reciprocalRank(ranking, relevant), 1 / 2);
  assert.ok(Math.abs(averagePrecision(ranking, relevant) - (1 / 2 + 2 / 3) / 3) < 1e-12);
});

test('the ideal ranking has 1, and one without a relevant id has 0', () => {
  assert.equal(ndcg(['a', 'b', 'c'], relevant, 10), 1);
  assert.equal(averagePrecision(['c', 'a', 'b'], relevant), 1);
  for (const measure of [ndcg, recall]) assert.equal(measure(['x'], relevant, 10), 0);
  assert.equal(ndcg(['x'], new Map(), 10), 0);
});

test('a higher grade above a lower one is better, and what is below the depth counts for nothing', () => {
  assert.ok(ndcg(['a', 'b'], relevant, 10) > ndcg(['b', 'a'], relevant, 10));
  assert.ok(ndcg(['b', 'x'], relevant, 10) > ndcg(['c', 'x'], relevant, 10));
  assert.equal(ndcg(['x', 'a'], relevant, 1), 0);
  assert.equal(ndcg(['a', 'x', 'y'], relevant, 1), 1, 'the ideal is cut at the depth too');
});

test('all measures of a ranking are those at their depths', () => {
  const ranking = [...Array.from({ length: 10 }, (_, i) => `x${i}`), 'a', 'b', 'c'];
  const map = (1 / 11 + 2 / 12 + 3 / 13) / 3;
  const measures = measure(ranking, relevant);
  assert.ok(Math.abs(measures.map - map) < 1e-12);
  assert.deepEqual(
    { ...measures, map: 0 },
    { 'ndcg@10': 0, 'recall@10': 0, 'recall@100': 1, mrr: 1 / 11, map: 0 },
  );
});

test('every measure stays between 0 and 1', () => {
  const ids = fc.uniqueArray(fc.constantFrom(...'abcdefgh'));
  fc.assert(
    fc.property(ids, ids, (ranking, wanted) => {
      const judged = new Map(wanted.map((id, i) => [id, (i % 3) + 1]));
      for (const value of [
        ndcg(ranking, judged, 10),
        recall(ranking, judged, 10),
        averagePrecision(ranking, judged),
        reciprocalRank(ranking, judged),
      ]) {
        assert.ok(value >= 0 && value <= 1 + 1e-12);
      }
    }),
  );
});
