import type { Searcher, SearchMode } from '../search/index.ts';
import type { JudgedQuery } from './judgements.ts';
import { DEPTH, type Measures, measure } from './metrics.ts';

export interface MeasuredQuery {
  /** Of the query. */
  id: string;
  measures: Measures;
}

export interface AskOptions {
  signal: AbortSignal;
  /** Told after each query. */
  onQuery?: (() => void) | undefined;
}

/** Asks each query and measures what comes. In the order of the queries; memory: a few numbers for each. */
export async function askQueries(
  searcher: Pick<Searcher, 'search'>,
  queries: readonly JudgedQuery[],
  mode: SearchMode,
  { signal, onQuery }: AskOptions,
): Promise<MeasuredQuery[]> {
  const measured: MeasuredQuery[] = [];
  for (const { id, text, relevant } of queries) {
    signal.throwIfAborted();
    const { hits } = await searcher.search({ query: text, mode, limit: DEPTH, syntax: false });
    const ranking = hits.map(({ recordId }) => recordId);
    measured.push({ id, measures: measure(ranking, relevant) });
    onQuery?.();
  }
  return measured;
}
