import { ThemesError } from './errors.ts';
import { type NearestRows, openNearestRows } from './nearest-rows.ts';
import { rowCount, unitVectors } from './unit-vectors.ts';

/** Vectors whose themes are known: those that a fit was made of. */
export interface Fitted {
  vectors: Float32Array;
  membership: Int32Array;
  themes: number;
}

/** For each vector the theme, its share of the votes, and by how much of them it leads the second. */
export interface Assignments {
  theme: Int32Array;
  /** In [0, 1]; 1 when all neighbours agree. */
  score: Float32Array;
  /** In [0, 1]; 0 for a tie, which the lower theme wins. */
  margin: Float32Array;
}

export const DEFAULT_VOTERS = 15;

export interface AssignOptions {
  /** Neighbours that vote; 15 unless told. */
  k?: number;
  threads?: number;
}

/** Gives themes to as many vectors as come. */
export interface Assigner extends AsyncDisposable {
  /** What a vector gets does not depend on the others, nor on the call. Throws ThemesError when sizes do not fit. */
  assign(vectors: Float32Array): Promise<Assignments>;
  close(): Promise<void>;
}

/**
 * Gives every vector a theme by the votes of its `k` nearest fitted vectors, each of the weight of its cosine. What a
 * vector gets does not depend on the others in the call. Throws ThemesError when sizes do not fit.
 */
export async function assign(
  vectors: Float32Array,
  dimension: number,
  fitted: Fitted,
  options: AssignOptions = {},
): Promise<Assignments> {
  await using assigner = await openAssigner(fitted, dimension, options);
  return await assigner.assign(vectors);
}

/** Prepares the fitted vectors once, for many calls of `assign`; they must not change until it is closed. */
export async function openAssigner(
  fitted: Fitted,
  dimension: number,
  { k = DEFAULT_VOTERS, threads = 0 }: AssignOptions = {},
): Promise<Assigner> {
  const known = rowCount(fitted.vectors, dimension);
  if (known !== fitted.membership.length || known === 0) {
    const message = `${known} fitted vectors have ${fitted.membership.length} themes; fit themes before assigning`;
    throw new ThemesError('assignment_shape', message);
  }
  const base = unitVectors(fitted.vectors, dimension);
  const search = await openNearestRows(base, dimension, Math.min(k, known), threads);
  return {
    async assign(vectors) {
      const count = rowCount(vectors, dimension);
      return vote(await search.find(unitVectors(vectors, dimension)), count, fitted);
    },
    close: () => search.close(),
    [Symbol.asyncDispose]: () => search.close(),
  };
}

function vote(near: NearestRows, count: number, fitted: Fitted): Assignments {
  const result = {
    theme: new Int32Array(count),
    score: new Float32Array(count),
    margin: new Float32Array(count),
  };
  const votes = new Float64Array(fitted.themes);
  for (let item = 0; item < count; item++) {
    const voters = near.indices.subarray(item * near.k, (item + 1) * near.k);
    for (const [rank, voter] of voters.entries()) {
      votes[fitted.membership[voter]!]! += Math.max(near.similarities[item * near.k + rank]!, LEAST_VOTE);
    }
    tally(votes, item, result);
    for (const voter of voters) votes[fitted.membership[voter]!] = 0;
  }
  return result;
}

/** Neighbours at a right angle still decide when there are no better ones. */
const LEAST_VOTE = 1e-6;

function tally(votes: Float64Array, item: number, result: Assignments): void {
  let best = 0;
  let second = 0;
  let winner = 0;
  let total = 0;
  for (let theme = 0; theme < votes.length; theme++) {
    const vote = votes[theme]!;
    total += vote;
    if (vote > best) {
      second = best;
      best = vote;
      winner = theme;
    } else if (vote > second) second = vote;
  }
  result.theme[item] = winner;
  result.score[item] = best / total;
  result.margin[item] = (best - second) / total;
}
