/** The address bar as state: what is shown follows from it, so that back, forward and copied links work. */
import { useSyncExternalStore } from 'react';

const CHANGED = 'throughline:location';

/** Path and search of the page, such as `/search?q=fees`. */
export function useLocation(): string {
  return useSyncExternalStore(subscribe, current);
}

export interface NavigateOptions {
  /** Changes the entry of the history instead of adding one. */
  replace?: boolean;
  /** Marks an entry that typing has made: further typing replaces it. */
  typing?: boolean;
}

export function navigate(to: string, { replace = false, typing = false }: NavigateOptions = {}): void {
  const state = typing ? { typing: true } : null;
  if (replace || to === current()) history.replaceState(state, '', to);
  else history.pushState(state, '', to);
  dispatchEvent(new Event(CHANGED));
}

/** Whether typing has made the present entry. */
export function isTyping(): boolean {
  return (history.state as { typing?: boolean } | null)?.typing === true;
}

function current(): string {
  return location.pathname + location.search;
}

function subscribe(onChange: () => void): () => void {
  addEventListener('popstate', onChange);
  addEventListener(CHANGED, onChange);
  return () => {
    removeEventListener('popstate', onChange);
    removeEventListener(CHANGED, onChange);
  };
}
