/** Two stores as one. Their scores are comparable, and no passage is in both. */
import { byScore, type Candidate, type IndexStore } from './store.ts';

/** Both are closed with it. A passage that both have is the second's. */
export function joinedStore(first: IndexStore, second: IndexStore): IndexStore {
  const both = [second, first];
  const best = (limit: number, parts: Candidate[][]) => parts.flat().sort(byScore).slice(0, limit);
  const ofBoth = async <T>(
    passages: readonly string[],
    ask: (store: IndexStore, ids: readonly string[]) => Promise<Map<string, T>>,
  ) => {
    const found = await ask(second, passages);
    const others = passages.filter((id) => !found.has(id));
    return others.length === 0 ? found : new Map([...found, ...(await ask(first, others))]);
  };
  return {
    passages: first.passages + second.passages,
    async keyword(query, options) {
      return best(options.limit, await Promise.all(both.map((store) => store.keyword(query, options))));
    },
    async nearest(vector, options) {
      return best(options.limit, await Promise.all(both.map((store) => store.nearest(vector, options))));
    },
    async count(filter, limit) {
      const counts = await Promise.all(both.map((store) => store.count(filter, limit)));
      return Math.min(limit, counts[0]! + counts[1]!);
    },
    async matching(filter, limit) {
      const parts = await Promise.all(both.map((store) => store.matching(filter, limit)));
      return parts.flat().slice(0, limit);
    },
    fetch: (passages) => ofBoth(passages, (store, ids) => store.fetch(ids)),
    vectors: (passages) => ofBoth(passages, (store, ids) => store.vectors(ids)),
    async [Symbol.asyncDispose]() {
      await second[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
    },
  };
}
