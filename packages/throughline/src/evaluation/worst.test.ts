import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hit, Searcher } from '../search/index.ts';
import { askQueries } from './ask-queries.ts';
import { greatestLosses, worstQueries } from './worst.ts';

/** Answers with the records that are named in the query. */
const searcher: Pick<Searcher, 'search'> = {
  search: async ({ query }) => ({
    hits: query.split(' ').map((recordId): Hit => {
      const found = { recordId, passageId: recordId, score: 1, text: `text of ${recordId}` };
      return { ...found, scores: { keyword: 1, semantic: null }, highlights: [], attributes: {}, at: null };
    }),
    index: 'one',
    ...{ nextCursor: null, tookMs: 0 },
  }),
};
const relevant = new Map([
  ['a', 1],
  ['b', 2],
]);
const QUERIES = [
  { id: 'best', text: 'b a', relevant },
  { id: 'none', text: 'x y z w', relevant },
  { id: 'half', text: 'x b', relevant },
];
const signal = new AbortController().signal;

test('the worst queries come with what was expected, the most relevant first, and what came first', async () => {
  const measured = await askQueries(searcher, QUERIES, 'hybrid', { signal });
  assert.deepEqual(
    measured.map(({ measures }) => measures['recall@10']),
    [1, 0, 0.5],
  );
  const worst = await worstQueries(searcher, QUERIES, measured, 'hybrid', 2);
  assert.deepEqual(
    worst.map(({ id }) => id),
    ['none', 'half'],
  );
  assert.equal(worst[0]!.first.length, 3);
  assert.deepEqual(worst[1]!.expected, [
    { recordId: 'b', grade: 2, rank: 2 },
    { recordId: 'a', grade: 1, rank: null },
  ]);
  assert.deepEqual(
    worst[1]!.first.map(({ recordId, relevant }) => [recordId, relevant]),
    [
      ['x', false],
      ['b', true],
    ],
  );
});

test('losses are of queries that lost, the greatest first', async () => {
  const measured = await askQueries(searcher, QUERIES, 'hybrid', { signal });
  const before = measured.map((one) => ({ ...one, measures: { ...one.measures, 'ndcg@10': 0.7 } }));
  const losses = await greatestLosses(searcher, QUERIES, measured, before, 'hybrid', 5);
  assert.deepEqual(
    losses.map(({ id, against }) => [id, against]),
    [
      ['none', 0.7],
      ['half', 0.7],
    ],
  );
});

test('asking stops when it is told to', async () => {
  await assert.rejects(askQueries(searcher, QUERIES, 'hybrid', { signal: AbortSignal.abort() }));
});
