import { themeSums } from '@throughline/themes';
import { FAR_SHARE } from './refit-policy.ts';

/**
 * For each theme the cosine to the centroid of the other members that one in twenty of its members is below. `vectors` row-major, of
 * length 1. A theme of one member has -1: nothing is far from it.
 */
export function radiiOf(
  vectors: Float32Array,
  dimension: number,
  membership: Int32Array,
  themes: number,
): number[] {
  const all = themeSums(vectors, dimension, membership, themes);
  const sums = Array.from({ length: themes }, (_, theme) =>
    all.subarray(theme * dimension, (theme + 1) * dimension),
  );
  const squares = sums.map((sum) => sum.reduce((total, value) => total + value * value, 0));
  const cosines = Array.from({ length: themes }, (): number[] => []);
  for (const [i, theme] of membership.entries()) {
    let product = 0;
    for (let d = 0; d < dimension; d++) product += vectors[i * dimension + d]! * sums[theme]![d]!;
    // Without the member itself: x . (s - x) and |s - x|.
    const rest = squares[theme]! - 2 * product + 1;
    cosines[theme]!.push(rest <= ROUNDING ? -1 : (product - 1) / Math.sqrt(rest));
  }
  return cosines.map((own) => own.sort((a, b) => a - b)[Math.floor(FAR_SHARE * own.length)] ?? -1);
}

/** Of float32 vectors of length 1. */
const ROUNDING = 1e-6;
