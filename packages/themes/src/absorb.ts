import { centroidsOf, themeSums } from './centroids.ts';
import { nearestRows } from './nearest-rows.ts';
import { bySize, communityCount } from './partition.ts';
import { gatherRows } from './rows.ts';

/**
 * Communities of fewer than `minSize` members give them, one by one, to the nearest centroid of the others. When
 * none is large enough, everything is one theme. Themes are numbered by descending size, then by first member.
 */
export async function absorbSmall(
  vectors: Float32Array,
  dimension: number,
  membership: Int32Array,
  minSize: number,
): Promise<Int32Array> {
  const ranked = bySize(membership);
  const sizes = new Int32Array(communityCount(ranked));
  for (const community of ranked) sizes[community]!++;
  const kept = sizes.filter((size) => size >= minSize).length; // ranked by size: the first ones
  if (kept === sizes.length) return ranked;
  if (kept === 0) return new Int32Array(ranked.length);
  const loose = Int32Array.from(ranked.keys()).filter((item) => ranked[item]! >= kept);
  const sums = themeSums(vectors, dimension, ranked, sizes.length).subarray(0, kept * dimension);
  const found = await nearestRows(
    gatherRows(vectors, dimension, loose),
    centroidsOf(sums, dimension),
    dimension,
    1,
  );
  const absorbed = ranked.slice();
  for (const [i, item] of loose.entries()) absorbed[item] = found.indices[i]!;
  return bySize(absorbed);
}
