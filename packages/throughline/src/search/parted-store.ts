/** A base and a tail as one store. The base answers as if what has changed since it was built were not there. */
import { comparableKeyword, type Frequency } from './comparable-keyword.ts';
import { joinedStore } from './joined-store.ts';
import type { IndexStore } from './store.ts';

export interface PartedOptions {
  /** Passages of the base that are not there any more. */
  gone: number;
  /** Passages that have a word, in the base and in the tail. */
  frequencies: { base: Frequency; tail: Frequency };
}

/** Both are closed with it. A passage that both have is the tail's. */
export function partedStore(
  base: IndexStore,
  tail: IndexStore,
  { gone, frequencies }: PartedOptions,
): IndexStore {
  const counted = {
    base: { passages: base.passages, frequency: frequencies.base },
    own: { passages: tail.passages, frequency: frequencies.tail },
  };
  const comparable: IndexStore = {
    ...tail,
    keyword: (query, options) => comparableKeyword(tail, query, options, counted),
  };
  return { ...joinedStore(base, comparable), passages: base.passages - gone + tail.passages };
}
