import { Empty } from '../ui/empty.tsx';
import type { Go } from './search-page.tsx';
import { countFilters, type SearchState } from './search-state.ts';

/** Nothing was found: ways to find more. */
export function NoHits({ state, go }: { state: SearchState; go: Go }) {
  const unfiltered = { chosen: {}, from: undefined, to: undefined, filter: undefined };
  return (
    <Empty title="No record is found">
      <p>
        {state.mode === 'keyword'
          ? 'No record has these words. Searched by meaning, it may still be there.'
          : 'Say it in other words, or leave something out.'}
      </p>
      <p className="ways">
        {countFilters(state) > 0 && (
          <button type="button" onClick={() => go(unfiltered)}>
            Search without filters
          </button>
        )}
        {state.mode === 'keyword' && (
          <button type="button" onClick={() => go({ mode: 'hybrid' })}>
            Search by words and meaning
          </button>
        )}
        {!state.typos && state.mode !== 'semantic' && (
          <button type="button" onClick={() => go({ typos: true })}>
            Allow for misspelled words
          </button>
        )}
      </p>
    </Empty>
  );
}
