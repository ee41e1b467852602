/** Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): score = sum over lists of 1 / (k + rank). */
export const RRF_K = 60;

export interface Fused {
  id: string;
  score: number;
}

/** Ids of each list best first, each id once per list. Ties are ordered by id, so that equal input gives equal order. */
export function fuse(lists: readonly (readonly string[])[], k = RRF_K): Fused[] {
  const scores = new Map<string, number>();
  for (const list of lists) {
    for (const [i, id] of list.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (k + i + 1));
  }
  return [...scores]
    .map(([id, score]) => ({ id, score }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}
