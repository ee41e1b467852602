/** The semantic side: passages by the likeness of their vectors. */
import type { Filter } from '../filter/index.ts';
import type { NearestPlan } from './filter-plan.ts';
import { dot } from './mmr.ts';
import { nearestByPlan } from './nearest-by-plan.ts';
import { byScore, type Candidate, type IndexStore } from './store.ts';
import type { Timings } from './timings.ts';

export interface Scope {
  /** Candidates of each side. */
  depth: number;
  filter: Filter | undefined;
  /** The part of the records that may be seen; `filter` holds it as well. */
  within?: Filter | undefined;
  timings: Timings;
}

export interface Nearest {
  plan: NearestPlan;
  candidates: Candidate[];
}

/** By the plan that the filter asks for. */
export function findNearest(
  store: IndexStore,
  vector: Float32Array,
  { depth, filter, timings }: Scope,
): Promise<Nearest> {
  return timings.time('semantic', () => nearestByPlan(store, vector, { limit: depth, filter }));
}

/** Orders passages that were found otherwise by their likeness. */
export function orderByLikeness(
  store: IndexStore,
  vector: Float32Array,
  found: readonly Candidate[],
  { timings }: Scope,
): Promise<Nearest> {
  return timings.time('semantic', async () => {
    const vectors = await store.vectors(found.map(({ passage }) => passage));
    const candidates = found
      .map((one) => ({ ...one, score: dot(vectors.get(one.passage)!, vector) }))
      .sort(byScore);
    const because = `${found.length} passages have what the words ask for`;
    return { plan: { search: 'exact', because, matching: found.length }, candidates };
  });
}
