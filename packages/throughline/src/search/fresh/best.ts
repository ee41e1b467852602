import { byScore, type Candidate } from '../store.ts';
import type { Row } from './fresh-rows.ts';

/** The best of some rows by their scores, as candidates. Rows and scores are side by side. */
export function bestOf(
  rows: readonly Row[],
  found: readonly number[],
  scores: Float64Array,
  limit: number,
): Candidate[] {
  const least = found.length <= limit ? Number.NEGATIVE_INFINITY : scores.slice().sort().at(-limit)!;
  const best: Candidate[] = [];
  for (const [i, number] of found.entries()) {
    const { passage, record } = rows[number]!;
    if (scores[i]! >= least) best.push({ passage, record, score: scores[i]! });
  }
  return best.sort(byScore).slice(0, limit);
}
