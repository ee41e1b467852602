import { type FormEvent, useEffect, useId, useState } from 'react';
import type { About } from '../api/use-about.ts';
import type { Go } from './search-page.tsx';
import type { SearchState } from './search-state.ts';

interface CelProps {
  state: SearchState;
  go: Go;
  about: About;
  /** What the server says of it. */
  error: string | undefined;
}

const MAX_LENGTH = 3_000;

/** A filter in the server's own language, for what checkboxes cannot say. */
export function CelInput({ state, go, about, error }: CelProps) {
  const [text, setText] = useState(state.filter ?? '');
  const says = useId();
  useEffect(() => setText(state.filter ?? ''), [state.filter]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    go({ filter: text.trim() || undefined });
  };
  return (
    <details className="cel" open={state.filter !== undefined}>
      <summary>Filter expression (CEL)</summary>
      <form onSubmit={submit}>
        <textarea
          rows={3}
          aria-label="Filter expression"
          aria-describedby={says}
          aria-invalid={error !== undefined}
          spellCheck={false}
          maxLength={MAX_LENGTH}
          placeholder={exampleOf(about)}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.shiftKey) submit(event);
          }}
        />
        <div id={says}>{error !== undefined && <p className="field-error">{error}</p>}</div>
        <button type="submit">Apply</button>
      </form>
    </details>
  );
}

function exampleOf({ attributes, timestamp }: About): string {
  const text = attributes.find(({ type }) => type === 'string');
  if (text !== undefined) return `${text.name}.startsWith("A") && has(${text.name})`;
  return timestamp === null ? '' : `${timestamp} >= timestamp("2024-01-01T00:00:00Z")`;
}
