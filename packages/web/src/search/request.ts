import type { RequestOf } from 'throughline/api';
import { type Columns, filterOf } from './filter-cel.ts';
import type { SearchState } from './search-state.ts';

const PAGE = 20;
/** Counting more would tell little and cost time. */
const MAX_FACETS = 8;

export type SearchCall =
  | { operation: 'search'; request: RequestOf<'search'> }
  | { operation: 'similar'; request: RequestOf<'similar'> };

/** What to ask the server for a state; undefined where nothing is searched yet. */
export function searchCall(state: SearchState, columns: Columns): SearchCall | undefined {
  const filter = filterOf(state, columns);
  const shared = {
    ...(filter === undefined ? {} : { filter }),
    limit: PAGE,
    ...(state.explain ? { explain: true } : {}),
    ...(state.sort === undefined ? {} : { sort: sortOf(state.sort) }),
  };
  if (state.like !== undefined)
    return { operation: 'similar', request: { body: { records: [state.like], ...shared } } };
  const query = state.query.trim();
  if (query === '') return undefined;
  const { mode, typos } = state;
  return {
    operation: 'search',
    request: { body: { query, mode, ...(typos ? { typos } : {}), ...shared } },
  };
}

/** The attributes whose values are offered to choose from: those that have few of them, as far as the type tells. */
export function facetNames({ attributes }: Columns): string[] {
  return attributes
    .filter(({ type }) => type !== 'double' && type !== 'timestamp')
    .slice(0, MAX_FACETS)
    .map(({ name }) => name);
}

function sortOf(sort: string): { by: string; order: 'asc' | 'desc' } {
  return sort.startsWith('-') ? { by: sort.slice(1), order: 'desc' } : { by: sort, order: 'asc' };
}
