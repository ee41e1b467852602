import { type RefObject, useState } from 'react';
import { ErrorNote } from '../api/error-note.tsx';
import { type About, useScope } from '../api/use-about.ts';
import { count, counted } from '../format/numbers.ts';
import { CopyLinkButton } from '../ui/copy-button.tsx';
import { WhyIcon } from '../ui/icons.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { explainLines } from './explain-lines.ts';
import { ExportButton } from './export-button.tsx';
import { HitItem } from './hit.tsx';
import { NoHits } from './no-hits.tsx';
import type { Go } from './search-page.tsx';
import { type SearchState, searchAddress } from './search-state.ts';
import { SortSelect } from './sort-select.tsx';
import type { Search } from './use-search.ts';
import { useWalk } from './use-walk.ts';

interface ResultsProps {
  state: SearchState;
  go: Go;
  about: About | undefined;
  search: Search;
  walked: RefObject<boolean>;
}

export function Results({ state, go, about, search, walked }: ResultsProps) {
  const { hits, first, stale, query } = search;
  const mayJudge = useScope('feedback') && state.query.trim() !== '';
  const [verdicts, setVerdicts] = useState<Readonly<Record<string, 'up' | 'down'>>>({});
  useWalk(search.hits, state, go, walked);
  if (query.error && hits.length === 0)
    return (
      <section className="results" aria-label="Hits">
        <ErrorNote error={query.error} onRetry={() => query.refetch()} />
      </section>
    );
  if (first === undefined)
    return (
      <section className="results" aria-label="Hits">
        <Skeleton lines={8} />
      </section>
    );
  return (
    <section className={stale ? 'results stale' : 'results'} aria-label="Hits" aria-busy={stale}>
      <div className="results-bar">
        <p className="results-count" role="status">
          {foundText(hits.length, query.hasNextPage)}
          <span className="took"> in {Math.round(first.tookMs)} ms</span>
        </p>
        <SortSelect state={state} go={go} about={about} />
        <button
          type="button"
          className="quiet"
          title="Why these hits"
          aria-pressed={state.explain}
          onClick={() => go({ explain: !state.explain })}
        >
          <WhyIcon /> <span>Why</span>
        </button>
        {about && <ExportButton state={state} about={about} />}
        <CopyLinkButton to={searchAddress(state)} />
      </div>
      {first.notReranked !== undefined && <p className="note">Not reranked: {first.notReranked}</p>}
      {state.explain && first.explain !== undefined && (
        <Explanation explain={first.explain} index={first.index} />
      )}
      {hits.length === 0 && <NoHits state={state} go={go} />}
      <ol className="hits">
        {hits.map((hit, i) => {
          const key = `${state.query}\n${hit.recordId}`;
          return (
            <HitItem
              key={`${hit.recordId} ${hit.passageId}`}
              hit={hit}
              rank={i + 1}
              state={state}
              index={first.index}
              verdict={verdicts[key]}
              onVerdict={mayJudge ? (verdict) => setVerdicts({ ...verdicts, [key]: verdict }) : undefined}
            />
          );
        })}
      </ol>
      {query.isFetchNextPageError && <ErrorNote error={query.error} onRetry={() => query.refetch()} />}
      {query.hasNextPage && (
        <button
          type="button"
          className="load-more"
          disabled={query.isFetchingNextPage}
          onClick={() => query.fetchNextPage()}
        >
          {query.isFetchingNextPage ? 'Loading' : 'Load more'}
        </button>
      )}
    </section>
  );
}

function foundText(shown: number, more: boolean): string {
  if (shown === 0) return 'No records';
  return more ? `The first ${count(shown)} records` : counted(shown, 'record');
}

function Explanation({ explain, index }: { explain: unknown; index: string }) {
  return (
    <div className="explanation">
      <h2>Why these hits</h2>
      <ul>
        {explainLines(explain).map((line) => (
          <li key={line}>{line}</li>
        ))}
        <li>Index {index}.</li>
      </ul>
    </div>
  );
}
