/**
 * Measures of a ranking against judgements, as trec_eval computes them. `ranking` holds ids best first, each once;
 * `relevant` the grade of each relevant id, above 0. All are in [0, 1], and 0 where nothing is relevant.
 */
export type Judgements = ReadonlyMap<string, number>;

/** nDCG with linear gain and a log2 discount (Järvelin and Kekäläinen 2002, as in trec_eval's ndcg_cut). */
export function ndcg(ranking: readonly string[], relevant: Judgements, depth: number): number {
  const discounted = (grades: readonly number[]) =>
    grades.reduce((sum, grade, i) => sum + grade / Math.log2(i + 2), 0);
  const ideal = [...relevant.values()].sort((a, b) => b - a).slice(0, depth);
  if (ideal.length === 0) return 0;
  return discounted(ranking.slice(0, depth).map((id) => relevant.get(id) ?? 0)) / discounted(ideal);
}

export function recall(ranking: readonly string[], relevant: Judgements, depth: number): number {
  const found = ranking.slice(0, depth).filter((id) => relevant.has(id)).length;
  return relevant.size === 0 ? 0 : found / relevant.size;
}

/** 1 / rank of the first relevant id. */
export function reciprocalRank(ranking: readonly string[], relevant: Judgements): number {
  const first = ranking.findIndex((id) => relevant.has(id));
  return first < 0 ? 0 : 1 / (first + 1);
}

export function averagePrecision(ranking: readonly string[], relevant: Judgements): number {
  let found = 0;
  let sum = 0;
  for (const [i, id] of ranking.entries()) {
    if (relevant.has(id)) sum += ++found / (i + 1);
  }
  return relevant.size === 0 ? 0 : sum / relevant.size;
}
