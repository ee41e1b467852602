import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { ErrorNote } from '../api/error-note.tsx';
import { call } from '../api/use-call.ts';
import { day } from '../format/dates.ts';
import { EMPTY, searchAddress } from '../search/search-state.ts';
import { Choice } from '../ui/choice.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { address } from '../url/address.ts';
import { Link } from '../url/link.tsx';
import { navigate } from '../url/location.ts';

const ORDERS = [
  ['clear', 'Clear'],
  ['unclear', 'Unclear'],
  ['newest', 'Newest'],
] as const;
const WHAT = {
  clear: 'Those that belong to it most clearly first.',
  unclear: 'Those between this theme and another first.',
  newest: 'The newest first.',
};
const PAGE = 20;

/** The passages of a theme, page by page. */
export function ThemePassages({ id, query }: { id: string; query: URLSearchParams }) {
  const order = ORDERS.map(([name]) => name).find((name) => name === query.get('order')) ?? 'clear';
  const passages = useInfiniteQuery({
    queryKey: ['themePassages', id, order],
    queryFn: ({ pageParam, signal }) =>
      call(
        'themePassages',
        {
          params: { id },
          query: { order, limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const go = (to: string) =>
    navigate(address(`/themes/${encodeURIComponent(id)}`, { order: to === 'clear' ? undefined : to }), {
      replace: true,
    });
  const rows = passages.data?.pages.flatMap((page) => page.passages) ?? [];
  return (
    <section className={passages.isPlaceholderData ? 'theme-passages stale' : 'theme-passages'}>
      <div className="list-bar">
        <h2>Passages</h2>
        <Choice label="Order" options={ORDERS} value={order} onChange={go} />
        <p className="note">{WHAT[order]}</p>
      </div>
      {passages.error && <ErrorNote error={passages.error} onRetry={() => passages.refetch()} />}
      {passages.isPending && <Skeleton lines={6} />}
      <ol className="passage-list">
        {rows.map(({ passageId, recordId, text, score, margin, at }) => (
          <li key={passageId}>
            <p>{text}</p>
            <p className="passage-foot">
              <Link to={searchAddress({ ...EMPTY, record: recordId, passage: passageId })}>
                Record {recordId}
              </Link>
              {at !== null && <span>{day(at)}</span>}
              <span title="Likeness to the theme">score {score.toFixed(2)}</span>
              <span title="How much nearer it is to this theme than to the next">
                margin {margin.toFixed(2)}
              </span>
            </p>
          </li>
        ))}
      </ol>
      {passages.hasNextPage && (
        <button
          type="button"
          className="load-more"
          disabled={passages.isFetchingNextPage}
          onClick={() => passages.fetchNextPage()}
        >
          {passages.isFetchingNextPage ? 'Loading' : 'Load more'}
        </button>
      )}
    </section>
  );
}
