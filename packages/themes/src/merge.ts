import { themeSums } from './centroids.ts';
import { bySize, communityCount } from './partition.ts';

/**
 * Merges themes, always the pair whose union costs least (Ward's criterion on the sums of unit vectors), until `count`
 * are left. Fewer than `count` are returned as they are.
 */
export function mergeNearest(
  vectors: Float32Array,
  dimension: number,
  membership: Int32Array,
  count: number,
): Int32Array {
  const themes = communityCount(membership);
  if (themes <= count) return membership;
  const sums = themeSums(vectors, dimension, membership, themes);
  const sizes = new Float64Array(themes);
  for (const theme of membership) sizes[theme]!++;
  const into = Int32Array.from({ length: themes }, (_, theme) => theme);
  const alive = new Set(into);
  while (alive.size > count) {
    const [keep, gone] = cheapestPair([...alive], sums, sizes, dimension);
    for (let d = 0; d < dimension; d++) sums[keep * dimension + d]! += sums[gone * dimension + d]!;
    sizes[keep]! += sizes[gone]!;
    alive.delete(gone);
    for (let theme = 0; theme < themes; theme++) if (into[theme] === gone) into[theme] = keep;
  }
  return bySize(membership.map((theme) => into[theme]!));
}

function cheapestPair(
  alive: number[],
  sums: Float64Array,
  sizes: Float64Array,
  dimension: number,
): readonly [number, number] {
  let best: readonly [number, number] = [alive[0]!, alive[1]!];
  let least = Number.POSITIVE_INFINITY;
  for (const [i, a] of alive.entries()) {
    for (const b of alive.slice(i + 1)) {
      const cost = wardCost(a, b, sums, sizes, dimension);
      if (cost < least) {
        least = cost;
        best = [a, b];
      }
    }
  }
  return best;
}

/** The growth of the squared distances to the mean: |a| |b| / (|a| + |b|) times the squared distance of the means. */
function wardCost(a: number, b: number, sums: Float64Array, sizes: Float64Array, dimension: number): number {
  const m = sizes[a]!;
  const n = sizes[b]!;
  let square = 0;
  for (let d = 0; d < dimension; d++) {
    const difference = sums[a * dimension + d]! / m - sums[b * dimension + d]! / n;
    square += difference * difference;
  }
  return ((m * n) / (m + n)) * square;
}
