import { type FormEvent, useEffect, useRef, useState } from 'react';
import { CloseIcon, SearchIcon } from '../ui/icons.tsx';
import { useKeys } from '../ui/use-keys.ts';
import { isTyping } from '../url/location.ts';
import type { Go } from './search-page.tsx';
import type { SearchState } from './search-state.ts';

const PAUSE_MS = 200;
const MAX_LENGTH = 2_000;

/** Searches as one types. A pause is an entry of the history only after Enter or another step. */
export function SearchBox({ state, go }: { state: SearchState; go: Go }) {
  const [text, setText] = useState(state.query);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(state.query);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // The address was changed by somebody else, such as the button back.
    if (state.query !== sent.current) setText(state.query);
    sent.current = state.query;
  }, [state.query]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useKeys({
    '/': () => input.current?.select(),
  });

  const search = (query: string, typing: boolean) => {
    clearTimeout(timer.current);
    if (query === state.query && state.like === undefined && typing) return;
    sent.current = query;
    const found = { query, like: undefined, record: undefined, passage: undefined };
    go(found, { typing, replace: isTyping() });
  };
  const type = (query: string) => {
    setText(query);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => search(query, true), PAUSE_MS);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    search(text, false);
  };
  const clear = () => {
    setText('');
    search('', false);
    input.current?.focus();
  };
  return (
    <search className="search-box">
      <form onSubmit={submit}>
        <SearchIcon />
        <input
          ref={input}
          type="text"
          inputMode="search"
          enterKeyHint="search"
          aria-label="Search"
          placeholder={state.like === undefined ? 'Describe what you look for' : `Like record ${state.like}`}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={MAX_LENGTH}
          // biome-ignore lint/a11y/noAutofocus: the page is there to be typed into
          autoFocus={state.query === '' && state.record === undefined}
          value={text}
          onChange={(event) => type(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') {
              event.preventDefault();
              document.querySelector<HTMLElement>('[data-hit]')?.focus();
            }
            if (event.key === 'Escape') input.current?.blur();
          }}
        />
        {text === '' && state.like === undefined ? (
          <span className="key-hint" aria-hidden="true">
            /
          </span>
        ) : (
          <button type="button" className="quiet icon" aria-label="Clear the search" onClick={clear}>
            <CloseIcon />
          </button>
        )}
      </form>
    </search>
  );
}
