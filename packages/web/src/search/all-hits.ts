import { queryClient } from '../api/client.ts';
import { mayRetry, retryDelay } from '../api/retry.ts';
import type { SearchCall } from './request.ts';
import { askPage, type Hit } from './use-search.ts';

/** The server's largest page. */
const PAGE = 100;

/** All hits of a search, page by page, at most `most`; `onProgress` is told how many there are so far. */
export async function allHits(
  wanted: SearchCall,
  most: number,
  onProgress: (hits: number) => void,
  signal: AbortSignal,
): Promise<Hit[]> {
  const paged = { ...wanted, request: { body: { ...wanted.request.body, limit: PAGE } } } as SearchCall;
  const hits: Hit[] = [];
  let cursor: string | undefined;
  do {
    const at = cursor;
    const page = await queryClient.fetchQuery({
      queryKey: ['export', paged, at],
      queryFn: () => askPage(paged, at, signal),
      gcTime: 0,
      retry: (failures, error) => !signal.aborted && mayRetry(failures, error),
      retryDelay,
    });
    hits.push(...page.hits);
    onProgress(Math.min(hits.length, most));
    cursor = page.nextCursor ?? undefined;
    signal.throwIfAborted();
  } while (cursor !== undefined && hits.length < most);
  return hits.slice(0, most);
}
