import type { Fitted } from './assign.ts';
import type { Assignments } from './vote.ts';

/**
 * The theme of the nearest centre by Euclidean distance, as `KMeans.predict` of scikit-learn does; ties go to the first. A score is the
 * membership of fuzzy c-means with m = 2 (Bezdek 1981): the inverse squared distance, as a share of those of all centres.
 */
export function byDistance(
  vectors: Float32Array,
  dimension: number,
  { vectors: centres, membership }: Pick<Fitted, 'vectors' | 'membership'>,
): Assignments {
  const count = vectors.length / dimension;
  const found: Assignments = {
    theme: new Int32Array(count),
    score: new Float32Array(count),
    margin: new Float32Array(count),
  };
  for (let item = 0; item < count; item++) {
    const squares = Float64Array.from(membership, (_, centre) =>
      squaredDistance(vectors, item * dimension, centres, centre * dimension, dimension),
    );
    const nearest = squares.reduce((best, square, centre) => (square < squares[best]! ? centre : best), 0);
    const least = squares[nearest]!;
    const others = squares.filter((_, centre) => centre !== nearest);
    // Shares by the least distance: none of them divides by 0 unless two centres are the same.
    const shares = others.map((square) => (square === 0 ? 1 : least / square));
    const whole = shares.reduce((sum, share) => sum + share, 1);
    found.theme[item] = membership[nearest]!;
    found.score[item] = 1 / whole;
    found.margin[item] = (1 - Math.max(0, ...shares)) / whole;
  }
  return found;
}

function squaredDistance(
  a: Float32Array,
  from: number,
  b: Float32Array,
  at: number,
  dimension: number,
): number {
  let sum = 0;
  for (let d = 0; d < dimension; d++) sum += (a[from + d]! - b[at + d]!) ** 2;
  return sum;
}
