import { countedFor, type NearestPlan, planNearest, replan } from './filter-plan.ts';
import { type Candidate, type CandidateOptions, type IndexStore, MAX_CANDIDATES } from './store.ts';

/** The nearest passages, looked for as the filter's selectivity asks. */
export async function nearestByPlan(
  store: IndexStore,
  vector: Float32Array,
  { limit, filter }: CandidateOptions,
): Promise<{ plan: NearestPlan; candidates: Candidate[] }> {
  const counted = Math.min(countedFor(store.passages, limit), MAX_CANDIDATES);
  const matching = filter && (counted === 0 ? 0 : await store.count(filter, counted));
  const planned = planNearest(store.passages, matching, counted);
  const find = (plan: NearestPlan) =>
    store.nearest(vector, { limit, filter, exact: plan.search === 'exact' });
  const candidates = await find(planned);
  const plan = replan(planned, candidates.length, limit, matching ?? store.passages);
  return { plan, candidates: plan === planned ? candidates : await find(plan) };
}
