import type { About } from '../api/use-about.ts';
import type { Go } from './search-page.tsx';
import type { SearchState } from './search-state.ts';

interface SortProps {
  state: SearchState;
  go: Go;
  about: About | undefined;
}

export function SortSelect({ state, go, about }: SortProps) {
  const timestamp = about?.timestamp ?? undefined;
  return (
    <label className="sort">
      <span className="unseen">Order</span>
      <select value={state.sort ?? ''} onChange={(event) => go({ sort: event.target.value || undefined })}>
        <option value="">Most relevant</option>
        {timestamp !== undefined && (
          <>
            <option value={`-${timestamp}`}>Newest</option>
            <option value={timestamp}>Oldest</option>
          </>
        )}
        {about?.attributes.map(({ name, type }) => (
          <optgroup key={name} label={name}>
            <option value={name}>{type === 'string' ? `${name}, A to Z` : `${name}, lowest`}</option>
            <option value={`-${name}`}>{type === 'string' ? `${name}, Z to A` : `${name}, highest`}</option>
          </optgroup>
        ))}
      </select>
    </label>
  );
}
