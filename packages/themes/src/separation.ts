import { centroidsOf, themeSums } from './centroids.ts';
import { nearestRows } from './nearest-rows.ts';

/**
 * How well themes stand apart, in [-1, 1]: the mean over items of (a - b) / (1 - min(a, b)), where a is the cosine to
 * the own centroid without the item and b that to the best other one: a silhouette of centroids. An item alone in its
 * theme counts 0, as does everything when there is one theme.
 */
export async function separation(
  vectors: Float32Array,
  dimension: number,
  membership: Int32Array,
  themes: number,
): Promise<number> {
  if (themes < 2) return 0;
  const sums = themeSums(vectors, dimension, membership, themes);
  const sizes = new Int32Array(themes);
  for (const theme of membership) sizes[theme]!++;
  const lengths = Float64Array.from(sizes, (_, theme) => squaredLength(sums, theme * dimension, dimension));
  const near = await nearestRows(vectors, centroidsOf(sums, dimension), dimension, 2);
  let total = 0;
  for (let item = 0; item < membership.length; item++) {
    const own = membership[item]!;
    if (sizes[own] === 1) continue;
    const a = cosineToRest(vectors, item, sums, own, lengths[own]!, dimension);
    const b = near.similarities[2 * item + (near.indices[2 * item] === own ? 1 : 0)]!;
    total += (a - b) / Math.max(1 - Math.min(a, b), Number.EPSILON);
  }
  return total / membership.length;
}

/** Cosine of an item with the sum of the others of its theme: (x.s - x.x) / (|x| |s - x|). */
function cosineToRest(
  vectors: Float32Array,
  item: number,
  sums: Float64Array,
  theme: number,
  sumSquare: number,
  dimension: number,
): number {
  let dot = 0;
  let square = 0;
  for (let d = 0; d < dimension; d++) {
    const x = vectors[item * dimension + d]!;
    dot += x * sums[theme * dimension + d]!;
    square += x * x;
  }
  const rest = sumSquare - 2 * dot + square;
  return rest > 1e-12 && square > 0 ? (dot - square) / Math.sqrt(rest * square) : 0;
}

function squaredLength(values: Float64Array, start: number, dimension: number): number {
  let sum = 0;
  for (let d = start; d < start + dimension; d++) sum += values[d]! * values[d]!;
  return sum;
}
