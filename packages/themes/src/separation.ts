import { centroidsOf, themeSums } from './centroids.ts';
import { openProducts } from './nearest-rows.ts';
import { squaredLength } from './unit-vectors.ts';

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
  const centroids = centroidsOf(sums, dimension);
  const sizes = new Int32Array(themes);
  for (const theme of membership) sizes[theme]!++;
  const squares = Float64Array.from(sizes, (_, theme) => squaredLength(sums, theme * dimension, dimension));
  const products = await openProducts(dimension);
  let total = 0;
  try {
    await products.each(vectors, centroids, (item, cosines, from) => {
      const own = membership[item]!;
      if (sizes[own] === 1) return;
      const square = squaredLength(vectors, item * dimension, dimension);
      const a = cosineToRest(cosines[from + own]!, square, squares[own]!);
      const b = bestOther(cosines, from, themes, own);
      total += (a - b) / Math.max(1 - Math.min(a, b), Number.EPSILON);
    });
  } finally {
    await products.close();
  }
  return total / membership.length;
}

/** Cosine of an item x with the sum of the others of its theme, from that with the sum s of all: (x.s - x.x) / (|x| |s - x|). */
function cosineToRest(cosine: number, square: number, sumSquare: number): number {
  const dot = cosine * Math.sqrt(sumSquare);
  const rest = sumSquare - 2 * dot + square;
  return rest > 1e-12 && square > 0 ? (dot - square) / Math.sqrt(rest * square) : 0;
}

function bestOther(cosines: Float32Array, from: number, themes: number, own: number): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let theme = 0; theme < themes; theme++)
    if (theme !== own && cosines[from + theme]! > best) best = cosines[from + theme]!;
  return best;
}
