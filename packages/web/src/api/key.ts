/** The API key of this tab: kept until the tab is closed, sent with each request. */
import { useSyncExternalStore } from 'react';

const NAME = 'throughline.key';
const listeners = new Set<() => void>();
let asked = false;

export function readKey(): string | undefined {
  return sessionStorage.getItem(NAME) ?? undefined;
}

export function writeKey(key: string | undefined): void {
  if (key === undefined) sessionStorage.removeItem(NAME);
  else sessionStorage.setItem(NAME, key);
  asked = false;
  for (const listener of listeners) listener();
}

/** Opens or closes the dialog that asks for a key. */
export function askForKey(wanted: boolean): void {
  asked = wanted;
  for (const listener of listeners) listener();
}

export function useKeyAsked(): boolean {
  return useSyncExternalStore(subscribe, () => asked);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
