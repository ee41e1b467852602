/** Pseudo-relevance feedback on the semantic side, with exact search over the vectors of a lake's passages. */
import { scan } from '../../packages/delta/src/index.ts';
import { existingBuild } from '../../packages/throughline/src/lake/build.ts';
import { type Lake, promotedBuild } from '../../packages/throughline/src/lake/lake.ts';
import { dot, normalised } from '../../packages/throughline/src/search/mmr.ts';
import type { Scored } from './methods.ts';

export interface Vectors {
  /** The best passage of each record, best first. */
  search(query: Float32Array, limit: number): Scored[];
  /**
   * The query moved towards the best passages of these records: (1 - weight) times the query and weight times their mean,
   * of length 1 (Rocchio 1971; with dense vectors Li et al., TOIS 2023).
   */
  moved(query: Float32Array, records: readonly string[], weight: number): Float32Array;
}

/** All vectors of the promoted build in memory: for small collections. */
export async function loadVectors(lake: Lake): Promise<Vectors> {
  const { tables } = await existingBuild(lake, await promotedBuild(lake));
  const passages = new Map<string, Float32Array[]>();
  for await (const { rows, columns } of scan(tables.passages, { columns: ['_id', '_embedding'] })) {
    const vectors = columns._embedding as Float32Array;
    const dimension = vectors.length / rows;
    for (let i = 0; i < rows; i++) {
      const id = String((columns._id as ArrayLike<unknown>)[i]);
      const own = passages.get(id) ?? [];
      passages.set(id, own);
      own.push(vectors.slice(i * dimension, (i + 1) * dimension));
    }
  }
  const bestOf = (query: Float32Array, id: string) => {
    const scored = passages.get(id)!.map((vector) => ({ vector, score: dot(query, vector) }));
    return scored.reduce((a, b) => (b.score > a.score ? b : a));
  };
  return {
    search: (query, limit) =>
      [...passages.keys()]
        .map((id) => ({ id, score: bestOf(query, id).score }))
        .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    moved(query, records, weight) {
      const mean = new Float32Array(query.length);
      for (const id of records)
        for (const [d, value] of bestOf(query, id).vector.entries()) mean[d]! += value;
      const target = normalised(mean);
      return normalised(query.map((value, d) => (1 - weight) * value + weight * target[d]!));
    },
  };
}
