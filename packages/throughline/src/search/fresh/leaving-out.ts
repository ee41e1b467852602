/** A store without some of its passages, whatever they are: more is asked for until enough of what is found is there. */
import type { Filter } from '../../filter/index.ts';
import { ofRecords } from '../keep-clauses.ts';
import { byScore, type Candidate, type IndexStore, MAX_CANDIDATES } from '../store.ts';
import { both } from '../within.ts';

export interface LeftOut {
  /** How many there are. */
  size: number;
  has(passage: string): boolean;
}

/** Asked for more than is wanted, where some of it may be left out. */
const EXTRA = 32;

/** It is not closed with it. */
export function leavingOut(store: IndexStore, out: LeftOut): IndexStore {
  const isThere = ({ passage }: { passage: string }) => !out.has(passage);
  const there = (ids: readonly string[]) => ids.filter((id) => !out.has(id));
  return {
    passages: Math.max(0, store.passages - out.size),
    keyword: async (query, { limit, filter }) =>
      (await enough(isThere, limit, filter, (options) => store.keyword(query, options)))
        .sort(byScore)
        .slice(0, limit),
    nearest: async (vector, { limit, filter, ...how }) =>
      (await enough(isThere, limit, filter, (options) => store.nearest(vector, { ...how, ...options })))
        .sort(byScore)
        .slice(0, limit),
    async count(filter, limit) {
      return (await this.matching(filter, limit)).length;
    },
    matching: async (filter, limit) =>
      (
        await enough(isThere, limit, filter, async (options) =>
          store.matching(options.filter!, options.limit),
        )
      ).slice(0, limit),
    fetch: (ids) => store.fetch(there(ids)),
    vectors: (ids) => store.vectors(there(ids)),
    [Symbol.asyncDispose]: async () => {},
  };
}

type Found = Omit<Candidate, 'score'>;

/**
 * At least `limit` that are there, or all. Where a store has nothing but others among all that it gives at once, their records are left
 * out by the filter: a record's passages go together.
 */
async function enough<T extends Found>(
  isThere: (one: Found) => boolean,
  limit: number,
  filter: Filter | undefined,
  ask: (options: { limit: number; filter: Filter | undefined }) => Promise<T[]>,
): Promise<T[]> {
  for (let wanted = limit + EXTRA; wanted < MAX_CANDIDATES; wanted *= 2) {
    const found = await ask({ limit: wanted, filter });
    const kept = found.filter(isThere);
    if (kept.length >= limit || found.length < wanted) return kept;
  }
  const kept = new Map<string, T>();
  const records = new Set<string>();
  for (;;) {
    const found = await ask({ limit: MAX_CANDIDATES, filter: both(filter, notOf(records)) });
    for (const one of found.filter(isThere)) kept.set(one.passage, one);
    const others = found.filter((one) => !isThere(one) && !records.has(one.record));
    if (kept.size >= limit || found.length < MAX_CANDIDATES || others.length === 0) return [...kept.values()];
    for (const { record } of others) records.add(record);
  }
}

function notOf(records: ReadonlySet<string>): Filter | undefined {
  return records.size === 0 ? undefined : { op: 'not', of: ofRecords([...records]) };
}
