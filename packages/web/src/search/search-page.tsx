import { useRef, useState } from 'react';
import { ErrorNote } from '../api/error-note.tsx';
import { useAbout } from '../api/use-about.ts';
import { Choice } from '../ui/choice.tsx';
import { FilterIcon } from '../ui/icons.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { type NavigateOptions, navigate } from '../url/location.ts';
import { Filters } from './filters.tsx';
import { RecordPanel } from './record-panel.tsx';
import { Results } from './results.tsx';
import { SearchBox } from './search-box.tsx';
import { countFilters, readSearch, type SearchState, searchAddress } from './search-state.ts';
import { Start } from './start.tsx';
import { useSearch } from './use-search.ts';
import './search.css';

const MODES = [
  ['hybrid', 'Hybrid'],
  ['semantic', 'Semantic'],
  ['keyword', 'Keyword'],
] as const;

/** Changes a part of what the page shows, by changing its address. */
export type Go = (change: Partial<SearchState>, options?: NavigateOptions) => void;

export function SearchPage({ record, query }: { record: string | undefined; query: URLSearchParams }) {
  const state = readSearch(query, record);
  const about = useAbout();
  const [filtersShown, showFilters] = useState(false);
  const search = useSearch(state, about.data);
  /** The record was opened by walking through the hits: the focus stays there. */
  const walked = useRef(false);
  const go: Go = (change, options) => navigate(searchAddress({ ...state, ...change }), options);
  const searching = state.query.trim() !== '' || state.like !== undefined;
  usePageTitle(state.record && `Record ${state.record}`, state.query || undefined);
  const layout = ['search-page', searching && 'searching', state.record !== undefined && 'with-record'];
  return (
    <div className={layout.filter(Boolean).join(' ')}>
      <h1 className={searching || state.record !== undefined ? 'unseen' : 'start-title'}>
        What do people say?
      </h1>
      <div className="search-head">
        <SearchBox state={state} go={go} />
        {searching && state.like === undefined && (
          <Choice label="Mode" options={MODES} value={state.mode} onChange={(mode) => go({ mode })} />
        )}
        {searching && (
          <button
            type="button"
            className="filters-toggle"
            aria-expanded={filtersShown}
            aria-controls="filters"
            onClick={() => showFilters(!filtersShown)}
          >
            <FilterIcon /> Filters{countFilters(state) > 0 && ` (${countFilters(state)})`}
          </button>
        )}
      </div>
      {about.error && <ErrorNote error={about.error} onRetry={() => about.refetch()} />}
      {searching && about.data && (
        <Filters state={state} go={go} about={about.data} search={search} shown={filtersShown} />
      )}
      {searching ? (
        <Results state={state} go={go} about={about.data} search={search} walked={walked} />
      ) : (
        state.record === undefined && <Start about={about.data} />
      )}
      {state.record !== undefined && (
        <RecordPanel
          key={state.record}
          state={state}
          hit={search.hits.find(({ recordId }) => recordId === state.record)}
          walked={walked}
          onClose={() => go({ record: undefined, passage: undefined })}
        />
      )}
    </div>
  );
}
