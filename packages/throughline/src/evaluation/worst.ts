import type { Searcher, SearchMode } from '../search/index.ts';
import type { MeasuredQuery } from './ask-queries.ts';
import type { JudgedQuery } from './judgements.ts';
import { DEPTH, type Measures } from './metrics.ts';

export interface WorstQuery {
  id: string;
  text: string;
  'ndcg@10': number;
  /** Where another system was asked too: what it had. */
  against?: number;
  /** The relevant records, the most relevant first, and at which rank each came; null where not among the first 100. */
  expected: { recordId: string; grade: number; rank: number | null }[];
  /** What came first. */
  first: { recordId: string; score: number; text: string; relevant: boolean }[];
}

/** Of each query. */
const SHOWN = { expected: 10, first: 3, text: 300 };

/** The queries with the least values, at most `count`; of equal ones those that come first. Asks them once more. */
export async function worstQueries(
  searcher: Pick<Searcher, 'search'>,
  queries: readonly JudgedQuery[],
  measured: readonly MeasuredQuery[],
  mode: SearchMode,
  count: number,
): Promise<WorstQuery[]> {
  const order = lowest(
    measured.map(({ measures }) => measures['ndcg@10']),
    count,
  );
  const worst: WorstQuery[] = [];
  for (const i of order) worst.push(await explain(searcher, queries[i]!, measured[i]!.measures, mode));
  return worst;
}

/** The queries that lost most to the other system: none that did not lose. */
export async function greatestLosses(
  searcher: Pick<Searcher, 'search'>,
  queries: readonly JudgedQuery[],
  measured: readonly MeasuredQuery[],
  against: readonly MeasuredQuery[],
  mode: SearchMode,
  count: number,
): Promise<WorstQuery[]> {
  const gains = measured.map(({ measures }, i) => measures['ndcg@10'] - against[i]!.measures['ndcg@10']);
  const losses: WorstQuery[] = [];
  for (const i of lowest(gains, count).filter((i) => gains[i]! < 0)) {
    const explained = await explain(searcher, queries[i]!, measured[i]!.measures, mode);
    losses.push({ ...explained, against: against[i]!.measures['ndcg@10'] });
  }
  return losses;
}

function lowest(values: readonly number[], count: number): number[] {
  return values
    .map((_, i) => i)
    .sort((a, b) => values[a]! - values[b]! || a - b)
    .slice(0, count);
}

async function explain(
  searcher: Pick<Searcher, 'search'>,
  { id, text, relevant }: JudgedQuery,
  measures: Measures,
  mode: SearchMode,
): Promise<WorstQuery> {
  const { hits } = await searcher.search({ query: text, mode, limit: DEPTH, syntax: false });
  const ranks = new Map(hits.map(({ recordId }, i) => [recordId, i + 1]));
  const expected = [...relevant]
    .map(([recordId, grade]) => ({ recordId, grade, rank: ranks.get(recordId) ?? null }))
    .sort((a, b) => b.grade - a.grade || (a.rank ?? DEPTH + 1) - (b.rank ?? DEPTH + 1) || byId(a, b));
  const first = hits.slice(0, SHOWN.first).map((hit) => ({
    recordId: hit.recordId,
    score: hit.score,
    text: hit.text.slice(0, SHOWN.text),
    relevant: relevant.has(hit.recordId),
  }));
  return { id, text, 'ndcg@10': measures['ndcg@10'], expected: expected.slice(0, SHOWN.expected), first };
}

function byId(a: { recordId: string }, b: { recordId: string }): number {
  return a.recordId < b.recordId ? -1 : 1;
}
