import type { NearestRows } from './nearest-rows.ts';

/** How votes become a theme and its score. */
export interface SoftVote {
  /** A voter's weight is exp((cosine - that of the nearest voter) / temperature). */
  temperature: number;
  /** Shares of the votes are raised to this power and sum to 1 again: what makes a score a probability. */
  sharpness: number;
}

/** For each vector the theme, its share of the votes, and by how much of them it leads the second. */
export interface Assignments {
  theme: Int32Array;
  /** In [0, 1]; 1 when all neighbours agree. */
  score: Float32Array;
  /** In [0, 1]; 0 for a tie, which the lower theme wins. */
  margin: Float32Array;
}

/** Neighbours at a right angle still decide when there are no better ones. */
const LEAST_VOTE = 1e-6;

/**
 * Votes of the nearest rows, whose themes are `membership`, for each of `count` items. Without `soft` a voter's weight is its cosine,
 * and the score the plain share of the votes.
 */
export function vote(
  near: NearestRows,
  count: number,
  { membership, themes }: { membership: Int32Array; themes: number },
  soft?: SoftVote,
): Assignments {
  const result = {
    theme: new Int32Array(count),
    score: new Float32Array(count),
    margin: new Float32Array(count),
  };
  const votes = new Float64Array(themes);
  for (let item = 0; item < count; item++) {
    const start = item * near.k;
    const end = start + near.k;
    const nearest = near.similarities[start]!;
    for (let at = start; at < end; at++) {
      const similarity = near.similarities[at]!;
      votes[membership[near.indices[at]!]!]! += soft
        ? Math.exp((similarity - nearest) / soft.temperature)
        : Math.max(similarity, LEAST_VOTE);
    }
    tally(votes, item, result, soft?.sharpness ?? 1);
    for (let at = start; at < end; at++) votes[membership[near.indices[at]!]!] = 0;
  }
  return result;
}

function tally(votes: Float64Array, item: number, result: Assignments, sharpness: number): void {
  let best = 0;
  let second = 0;
  let winner = 0;
  for (let theme = 0; theme < votes.length; theme++) {
    const vote = votes[theme]!;
    if (vote > best) {
      second = best;
      best = vote;
      winner = theme;
    } else if (vote > second) second = vote;
  }
  let total = 0;
  for (const vote of votes) {
    if (vote > 0) total += sharpness === 1 ? vote / best : (vote / best) ** sharpness;
  }
  result.theme[item] = winner;
  result.score[item] = 1 / total;
  result.margin[item] = (1 - (sharpness === 1 ? second / best : (second / best) ** sharpness)) / total;
}
