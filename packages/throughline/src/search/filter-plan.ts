/** How the semantic side looks for neighbours: by a walk through the graph, or by comparing with all that may be found. */

export interface NearestPlan {
  /** `graph` is fast and finds nearly all; `exact` finds all. */
  search: 'graph' | 'exact';
  because: string;
  /** Passages that meet the filter; null where there is none, or where more meet it than were counted. */
  matching: number | null;
}

/** Counting so many costs less than a walk that has to pass over nearly all that it meets. */
const COUNTED = 500;

/** How far to count the passages that meet a filter: where they are no more than candidates, all of them are found. */
export function countedFor(depth: number): number {
  return Math.max(COUNTED, depth + 1);
}

/** `matching` is how many passages meet the filter, counted up to `counted`; undefined without a filter. */
export function planNearest(matching: number | undefined, counted: number): NearestPlan {
  if (matching === undefined) return { search: 'graph', because: 'no filter', matching: null };
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
