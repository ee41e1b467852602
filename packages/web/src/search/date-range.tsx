import { words } from '../format/words.ts';
import type { Go } from './search-page.tsx';
import type { SearchState } from './search-state.ts';

interface DateRangeProps {
  state: SearchState;
  go: Go;
  /** The column of the timestamp. */
  name: string;
}

/** From a day to a day, both included, in UTC. */
export function DateRange({ state, go, name }: DateRangeProps) {
  const wrong = state.from !== undefined && state.to !== undefined && state.from > state.to;
  return (
    <fieldset className="facet date-range">
      <legend>{words(name)}</legend>
      <label>
        <span>From</span>
        <input
          type="date"
          value={state.from ?? ''}
          max={state.to}
          onChange={(event) => go({ from: event.target.value || undefined })}
        />
      </label>
      <label>
        <span>To</span>
        <input
          type="date"
          value={state.to ?? ''}
          min={state.from}
          onChange={(event) => go({ to: event.target.value || undefined })}
        />
      </label>
      {wrong && <p className="note">The first day is after the last: no record can be found.</p>}
    </fieldset>
  );
}
