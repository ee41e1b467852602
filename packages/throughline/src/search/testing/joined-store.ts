/** Several stores as one, each without the chunks that a later one replaces: the interface allows it. For tests. */
import type { Literal } from '../../filter/filter.ts';
import type { Filter } from '../../filter/index.ts';
import { byScore, type IndexStore } from '../store.ts';

export interface StorePart {
  store: IndexStore;
  /** Chunks that are no longer its own. */
  without: readonly string[];
  /** Passages of other chunks. */
  passages: number;
}

export function joinedStore(parts: readonly StorePart[]): IndexStore {
  const all = async <T>(ask: (part: StorePart) => PromiseLike<T>) => Promise.all(parts.map(ask));
  const scope = ({ without }: StorePart, filter: Filter | undefined): Filter | undefined => {
    const live = without.length === 0 ? [] : [notOf(without)];
    const both = [...live, ...(filter === undefined ? [] : [filter])];
    return both.length > 1 ? { op: 'and', of: both } : both[0];
  };
  const merged = <T>(lists: readonly (readonly T[])[], limit: number) => lists.flat().slice(0, limit);
  const live = async (part: StorePart, ids: readonly string[]) => {
    const found = await part.store.fetch(ids);
    const filter = scope(part, undefined);
    if (filter === undefined || found.size === 0) return found;
    const kept = await part.store.matching(filter, Number.POSITIVE_INFINITY);
    const own = new Set(kept.map(({ passage }) => passage));
    return new Map([...found].filter(([id]) => own.has(id)));
  };
  return {
    passages: parts.reduce((sum, { passages }) => sum + passages, 0),
    keyword: async (query, { limit, filter }) =>
      (await all((part) => part.store.keyword(query, { limit, filter: scope(part, filter) })))
        .flat()
        .sort(byScore)
        .slice(0, limit),
    nearest: async (vector, { filter, ...options }) =>
      (await all((part) => part.store.nearest(vector, { ...options, filter: scope(part, filter) })))
        .flat()
        .sort(byScore)
        .slice(0, options.limit),
    count: async (filter, limit) => {
      const counts = await all((part) => part.store.count(scope(part, filter)!, limit));
      return Math.min(
        limit,
        counts.reduce((sum, count) => sum + count, 0),
      );
    },
    matching: async (filter, limit) =>
      merged(await all((part) => part.store.matching(scope(part, filter)!, limit)), limit),
    fetch: async (ids) => new Map((await all((part) => live(part, ids))).flatMap((found) => [...found])),
    vectors: async (ids) =>
      new Map((await all((part) => part.store.vectors(ids))).flatMap((found) => [...found])),
    [Symbol.asyncDispose]: async () => {
      await all((part) => part.store[Symbol.asyncDispose]());
    },
  };
}

function notOf(chunks: readonly string[]): Filter {
  const list = chunks.map((value): Literal => ({ kind: 'literal', type: 'string', value }));
  return { op: 'not', of: { op: 'in', left: { kind: 'column', name: '_chunk', type: 'string' }, list } };
}
