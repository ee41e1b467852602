/**
 * How the semantic side looks for neighbours: by a walk through the graph, or by comparing with all that may be found.
 * Of 20,000 vectors of 384 numbers, a walk without a filter took 2 to 4 ms, with a filter 3 to 9, and comparing with all
 * that meet one at most 5: 0.6 ms and some 0.3 to 0.6 µs for each of them.
 */

export interface NearestPlan {
  /** `graph` is fast and finds nearly all; `exact` finds all. */
  search: 'graph' | 'exact';
  because: string;
  /** Passages that meet the filter; null where nobody counted, or more meet it than were counted. */
  matching: number | null;
}

/** With a filter, so many are compared faster than a graph is walked. */
const FEW_PASSAGES = 20_000;

/** Counting costs about 1 µs each. */
const COUNTED = 1_000;

/** How far to count the passages that meet a filter; 0 where it makes no difference. */
export function countedFor(passages: number, depth: number): number {
  return passages <= FEW_PASSAGES ? 0 : Math.max(COUNTED, depth + 1);
}

/** `matching` is how many passages meet the filter, counted up to `counted`; undefined without a filter. */
export function planNearest(passages: number, matching: number | undefined, counted: number): NearestPlan {
  if (matching === undefined) return { search: 'graph', because: 'no filter', matching: null };
  if (passages <= FEW_PASSAGES)
    return { search: 'exact', because: `the index has ${passages} passages`, matching: null };
  if (matching < counted)
    return { search: 'exact', because: `${matching} passages meet the filter`, matching };
  return { search: 'graph', because: `at least ${counted} passages meet the filter`, matching: null };
}

/**
 * The plan after a walk that found `found` of `wanted` candidates, where there are `least` passages or more to be found. One
 * that comes back with fewer was cut off from the others, or gave up in what the filter leaves: then all are compared.
 */
export function replan(plan: NearestPlan, found: number, wanted: number, least: number): NearestPlan {
  if (plan.search === 'exact' || found >= Math.min(wanted, least)) return plan;
  return { ...plan, search: 'exact', because: `${plan.because}; the graph gave ${found} of ${wanted}` };
}
