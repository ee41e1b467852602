/** Sums of the vectors of each theme (row-major, `themes * dimension`), in float64. */
export function themeSums(
  vectors: Float32Array,
  dimension: number,
  membership: Int32Array,
  themes: number,
): Float64Array {
  const sums = new Float64Array(themes * dimension);
  for (let item = 0; item < membership.length; item++) {
    const to = membership[item]! * dimension;
    const from = item * dimension;
    for (let d = 0; d < dimension; d++) sums[to + d]! += vectors[from + d]!;
  }
  return sums;
}

/** The directions of the sums: rows of length 1, or zero where a sum is zero. */
export function centroidsOf(sums: Float64Array, dimension: number): Float32Array {
  const centroids = new Float32Array(sums.length);
  for (let start = 0; start < sums.length; start += dimension) {
    let square = 0;
    for (let d = start; d < start + dimension; d++) square += sums[d]! * sums[d]!;
    if (square === 0) continue;
    const scale = 1 / Math.sqrt(square);
    for (let d = start; d < start + dimension; d++) centroids[d] = sums[d]! * scale;
  }
  return centroids;
}
