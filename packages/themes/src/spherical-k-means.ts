import { centroidsOf, themeSums } from './centroids.ts';
import { nearestRows } from './nearest-rows.ts';

/** Lloyd's steps by cosine, of rows and centres of length 1. A centre that loses all of its rows stays where it is. */
export async function sphericalKMeans(
  rows: Float32Array,
  dimension: number,
  starts: Float32Array,
  { steps, threads = 0 }: { steps: number; threads?: number },
): Promise<Float32Array> {
  const count = starts.length / dimension;
  let centres = starts;
  for (let step = 0; step < steps; step++) {
    const { indices } = await nearestRows(rows, centres, dimension, 1, threads);
    const moved = centroidsOf(themeSums(rows, dimension, indices, count), dimension);
    for (let start = 0; start < moved.length; start += dimension) {
      const isEmpty = moved.subarray(start, start + dimension).every((value) => value === 0);
      if (isEmpty) moved.set(centres.subarray(start, start + dimension), start);
    }
    centres = moved;
  }
  return centres;
}
