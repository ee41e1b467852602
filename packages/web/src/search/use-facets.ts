import { useQueries } from '@tanstack/react-query';
import type { About } from '../api/use-about.ts';
import { call } from '../api/use-call.ts';
import { filterOf } from './filter-cel.ts';
import { facetNames } from './request.ts';
import type { SearchState } from './search-state.ts';
import type { SearchAnswer } from './use-search.ts';

type Counts = NonNullable<SearchAnswer['facets']>[string];

/** Counts are of the records that meet the filter, whatever is asked: any question gives them, this one without a model. */
const QUESTION = { query: 'records', mode: 'keyword', limit: 1 } as const;

/**
 * Values to choose from, by attribute, with the records of each that meet the filter. Where a value is chosen the counts
 * are those without that choice, so that another one can be added to it.
 */
export function useFacets(state: SearchState, about: About): [name: string, Counts][] {
  const names = facetNames(about);
  const isChosen = (name: string) => (state.chosen[name] ?? []).length > 0;
  const others = names.filter((name) => !isChosen(name));
  const groups = [
    { names: others, chosen: state.chosen },
    ...names.filter(isChosen).map((name) => ({ names: [name], chosen: { ...state.chosen, [name]: [] } })),
  ].filter((group) => group.names.length > 0);
  const answers = useQueries({
    queries: groups.map(({ names: facets, chosen }) => {
      const filter = filterOf({ ...state, chosen }, about);
      const body = { ...QUESTION, facets, ...(filter === undefined ? {} : { filter }) };
      return {
        queryKey: ['facets', about.index.version, body],
        queryFn: ({ signal }: { signal: AbortSignal }) => call('search', { body }, signal),
      };
    }),
  });
  return names.map((name) => {
    const group = groups.findIndex((one) => one.names.includes(name));
    return [name, answers[group]?.data?.facets?.[name] ?? []];
  });
}
