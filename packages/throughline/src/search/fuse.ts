/** One ranking out of several. */

export interface Scored {
  id: string;
  score: number;
}

/** How two sides become one ranking: by their ranks, or by their scores with the semantic side's weight in [0, 1]. */
export type Fusion = { by: 'rrf' } | { by: 'score'; weight: number };

/** Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): score = sum over lists of 1 / (k + rank). */
export const RRF_K = 60;

/** Ids of each list best first, each id once per list. Ties are ordered by id, so that equal input gives equal order. */
export function fuse(lists: readonly (readonly string[])[], k = RRF_K): Scored[] {
  const scores = new Map<string, number>();
  for (const list of lists) {
    for (const [i, id] of list.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (k + i + 1));
  }
  return ranked(scores);
}

/**
 * Weighted sum of scores, each list scaled to [0, 1] between its least and its greatest score (equal scores are 1); what
 * a list does not have counts 0 there. Lists best first, each id once per list.
 */
export function fuseScores(lists: readonly (readonly Scored[])[], weights: readonly number[]): Scored[] {
  const scores = new Map<string, number>();
  for (const [i, list] of lists.entries()) {
    const [most, least] = [list[0]?.score ?? 0, list.at(-1)?.score ?? 0];
    for (const { id, score } of list) {
      const scaled = most === least ? 1 : (score - least) / (most - least);
      scores.set(id, (scores.get(id) ?? 0) + weights[i]! * scaled);
    }
  }
  return ranked(scores);
}

function ranked(scores: ReadonlyMap<string, number>): Scored[] {
  return [...scores]
    .map(([id, score]) => ({ id, score }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}
