/** The rows `items` of a row-major matrix, in that order. */
export function gatherRows(
  vectors: Float32Array,
  dimension: number,
  items: ArrayLike<number> & Iterable<number>,
): Float32Array {
  const rows = new Float32Array(items.length * dimension);
  let to = 0;
  for (const item of items) {
    rows.set(vectors.subarray(item * dimension, (item + 1) * dimension), to);
    to += dimension;
  }
  return rows;
}
