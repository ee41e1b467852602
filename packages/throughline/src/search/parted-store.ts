/** A base and a tail as one store. The base answers as if what has changed since it was built were not there. */
import { comparableKeyword, type Frequency } from './comparable-keyword.ts';
import { byScore, type Candidate, type IndexStore } from './store.ts';

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
  const best = (limit: number, parts: Candidate[][]) => parts.flat().sort(byScore).slice(0, limit);
  const ofBoth = async <T>(
    passages: readonly string[],
    ask: (store: IndexStore, ids: readonly string[]) => Promise<Map<string, T>>,
  ) => {
    const found = await ask(tail, passages);
    const others = passages.filter((id) => !found.has(id));
    return others.length === 0 ? found : new Map([...found, ...(await ask(base, others))]);
  };
  return {
    passages: base.passages - gone + tail.passages,
    async keyword(query, options) {
      const counted = {
        base: { passages: base.passages, frequency: frequencies.base },
        own: { passages: tail.passages, frequency: frequencies.tail },
      };
      const parts = [base.keyword(query, options), comparableKeyword(tail, query, options, counted)];
      return best(options.limit, await Promise.all(parts));
    },
    async nearest(vector, options) {
      return best(
        options.limit,
        await Promise.all([base, tail].map((store) => store.nearest(vector, options))),
      );
    },
    async count(filter, limit) {
      const counts = await Promise.all([tail, base].map((store) => store.count(filter, limit)));
      return Math.min(limit, counts[0]! + counts[1]!);
    },
    async matching(filter, limit) {
      const parts = await Promise.all([tail, base].map((store) => store.matching(filter, limit)));
      return parts.flat().slice(0, limit);
    },
    fetch: (passages) => ofBoth(passages, (store, ids) => store.fetch(ids)),
    vectors: (passages) => ofBoth(passages, (store, ids) => store.vectors(ids)),
    async [Symbol.asyncDispose]() {
      await tail[Symbol.asyncDispose]();
      await base[Symbol.asyncDispose]();
    },
  };
}
