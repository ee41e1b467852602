import { byScore, type Candidate } from '../store.ts';
import type { Row } from './fresh-rows.ts';

/** The best of some rows, as candidates. `scores`: by the numbers of the rows. */
export function bestOf(
  rows: readonly Row[],
  found: readonly number[],
  scores: Float64Array,
  limit: number,
): Candidate[] {
  const least = found.length <= limit ? Number.NEGATIVE_INFINITY : nthBest(found, scores, limit);
  const best: Candidate[] = [];
  for (const number of found) {
    if (scores[number]! < least) continue;
    const { passage, record } = rows[number]!;
    best.push({ passage, record, score: scores[number]! });
  }
  return best.sort(byScore).slice(0, limit);
}

function nthBest(found: readonly number[], scores: Float64Array, n: number): number {
  const sorted = new Float64Array(found.length);
  for (let i = 0; i < found.length; i++) sorted[i] = scores[found[i]!]!;
  return sorted.sort().at(-n)!;
}
