import { ApiError } from 'throughline/client';
import type { About } from '../api/use-about.ts';
import { CelInput } from './cel-input.tsx';
import { DateRange } from './date-range.tsx';
import { Facet } from './facet.tsx';
import type { Go } from './search-page.tsx';
import { countFilters, type FacetValue, type SearchState } from './search-state.ts';
import { useFacets } from './use-facets.ts';
import type { Search } from './use-search.ts';

interface FiltersProps {
  state: SearchState;
  go: Go;
  about: About;
  search: Search;
  /** Where the screen is narrow. */
  shown: boolean;
}

/** What narrows the search: beside the hits, or behind a button where the screen is narrow. */
export function Filters({ state, go, about, search, shown }: FiltersProps) {
  const facets = useFacets(state, about);
  const active = countFilters(state);
  const choose = (name: string, values: readonly FacetValue[]) => {
    const { [name]: _, ...others } = state.chosen;
    go({ chosen: values.length === 0 ? others : { ...others, [name]: values } });
  };
  const clear = () => go({ chosen: {}, from: undefined, to: undefined, filter: undefined });
  return (
    <aside className={shown ? 'filters shown' : 'filters'} aria-label="Filters">
      <div id="filters" className="filters-body">
        <div className="filters-head">
          <h2>Filters</h2>
          {active > 0 && (
            <button type="button" className="quiet" onClick={clear}>
              Clear
            </button>
          )}
        </div>
        {about.timestamp !== null && <DateRange state={state} go={go} name={about.timestamp} />}
        {facets.map(([name, counts]) => (
          <Facet
            key={name}
            name={name}
            counts={counts}
            chosen={state.chosen[name] ?? []}
            onChange={(values) => choose(name, values)}
          />
        ))}
        <CelInput state={state} go={go} about={about} error={filterError(search.query.error)} />
        {about.access.filtered && <p className="note">Your key sees a part of the records only.</p>}
      </div>
    </aside>
  );
}

/** The server's words where the filter is at fault. */
function filterError(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || !error.problem.code.startsWith('filter')) return undefined;
  return [error.problem.detail, error.problem.hint].filter(Boolean).join(' ');
}
