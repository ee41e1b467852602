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

/** How deep rankings are looked at: MRR and MAP of what is found below are 0. */
export const DEPTH = 100;

/** By the names under which results hold them. */
export const MEASURES = {
  'ndcg@10': (ranking, relevant) => ndcg(ranking, relevant, 10),
  'recall@10': (ranking, relevant) => recall(ranking, relevant, 10),
  'recall@100': (ranking, relevant) => recall(ranking, relevant, 100),
  mrr: reciprocalRank,
  map: averagePrecision,
} satisfies Record<string, (ranking: readonly string[], relevant: Judgements) => number>;

export type Measure = keyof typeof MEASURES;
export type Measures = Record<Measure, number>;

export const MEASURE_NAMES = Object.keys(MEASURES) as Measure[];

/** All measures of one ranking, which is `DEPTH` deep at the most. */
export function measure(ranking: readonly string[], relevant: Judgements): Measures {
  return forMeasures((name) => MEASURES[name](ranking, relevant));
}

/** Something for each measure. */
export function forMeasures<T>(of: (name: Measure) => T): Record<Measure, T> {
  return Object.fromEntries(MEASURE_NAMES.map((name) => [name, of(name)])) as Record<Measure, T>;
}
