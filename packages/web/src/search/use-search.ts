import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { AnswerOf } from 'throughline/api';
import type { About } from '../api/use-about.ts';
import { call } from '../api/use-call.ts';
import { type SearchCall, searchCall } from './request.ts';
import type { SearchState } from './search-state.ts';

export type SearchAnswer = AnswerOf<'search'>;
export type Hit = SearchAnswer['hits'][number];
export type Search = ReturnType<typeof useSearch>;

/** The hits of a state, page by page. Those of the state before stay until new ones are there. */
export function useSearch(state: SearchState, about: About | undefined) {
  const wanted = about && searchCall(state, about);
  const query = useInfiniteQuery({
    queryKey: ['hits', wanted],
    queryFn: ({ pageParam, signal }) => askPage(wanted!, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    enabled: wanted !== undefined,
    placeholderData: keepPreviousData,
  });
  const pages = wanted === undefined ? [] : (query.data?.pages ?? []);
  return {
    hits: pages.flatMap(({ hits }) => hits),
    first: pages[0],
    /** What is shown belongs to the state before. */
    stale: query.isPlaceholderData,
    query,
  };
}

/** Of the first page there is no cursor. */
export function askPage(
  { operation, request }: SearchCall,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<SearchAnswer> {
  const body = cursor === undefined ? request.body : { ...request.body, cursor };
  return call(operation, { body } as SearchCall['request'], signal) as Promise<SearchAnswer>;
}
