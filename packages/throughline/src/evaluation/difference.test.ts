import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MeasuredQuery } from './ask-queries.ts';
import { adjusted, differenceOf } from './difference.ts';
import { forMeasures } from './metrics.ts';
import { relevanceVerdict } from './relevance-verdict.ts';

/** Queries whose measures all have these values. */
function queries(values: readonly number[]): MeasuredQuery[] {
  return values.map((value, i) => ({ id: `q${i}`, measures: forMeasures(() => value) }));
}

const of = (count: number, value: (i: number) => number) =>
  queries(Array.from({ length: count }, (_, i) => value(i)));

test('a difference is paired: what all queries have in common does not count', () => {
  const hard = (i: number) => (i % 10) / 20;
  const { mean, interval, p } = differenceOf(
    of(40, (i) => hard(i) + 0.1 + (i % 2) / 100),
    of(40, hard),
    'ndcg@10',
  );
  assert.ok(Math.abs(mean - 0.105) < 1e-9);
  assert.ok(interval[0] > 0.1 - 1e-9 && interval[1] < 0.11 + 1e-9);
  assert.ok(p < 0.001);
});

test('queries that were not asked of both are refused', () => {
  assert.throws(() => differenceOf(queries([1, 1]), queries([1]), 'map'), /q1/);
  assert.throws(() => differenceOf(queries([1]), [{ ...queries([1])[0]!, id: 'other' }], 'map'), /q0/);
});

test('p-values are adjusted among those of one measure', () => {
  const made = [
    { measure: 'map', p: 0.02 },
    { measure: 'mrr', p: 0.02 },
    { measure: 'map', p: 0.5 },
  ] as const;
  assert.deepEqual(
    adjusted(made).map(({ pHolm }) => pHolm),
    [0.04, 0.02, 0.5],
  );
});

const GOOD = of(40, (i) => 0.5 + (i % 5) / 20);
const WORSE = of(40, (i) => 0.4 + (i % 5) / 20 + (i % 3) / 100);
/** A little worse on the mean: half of the queries lose what the others gain, and a bit more. */
const UNSURE = of(40, (i) => 0.5 + (i % 5) / 20 + (i % 2 ? 0.1 : -0.11));

test('an index is refused below the least mean, and where it is worse by more than chance', () => {
  const limit = { significance: 0.05 };
  assert.deepEqual(relevanceVerdict(GOOD, undefined, limit), { unmet: [] });
  assert.deepEqual(relevanceVerdict(GOOD, GOOD, limit).unmet, []);
  assert.deepEqual(relevanceVerdict(GOOD, WORSE, limit).unmet, [], 'better is not worse');
  assert.deepEqual(relevanceVerdict(UNSURE, GOOD, limit).unmet, []);
  const [worse, ...others] = relevanceVerdict(WORSE, GOOD, limit).unmet;
  assert.match(worse!, /0\.5097.* 0\.6000 with the promoted.*worse by 0\.0902 over 40 queries, p = 0\.0001/);
  assert.equal(others.length, 0);
  assert.deepEqual(relevanceVerdict(WORSE, GOOD, { significance: 0 }), { unmet: [] });
  assert.deepEqual(relevanceVerdict(GOOD, undefined, { ...limit, min: 0.59 }).unmet, []);
  const [low] = relevanceVerdict(GOOD, undefined, { ...limit, min: 0.6001 }).unmet;
  assert.match(low!, /0\.6000 over 40 queries; at least 0\.6001/);
  assert.equal(relevanceVerdict(WORSE, GOOD, { ...limit, min: 0.99 }).unmet.length, 2);
});
