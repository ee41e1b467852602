/**
 * Writes `sums` at `offset`, scaled to length 1 when `normalize`, rounding to float32 once, at the end.
 * The order of the additions is that of the dimensions. A vector without a direction is written as it is.
 */
export function normaliseInto(
  out: Float32Array,
  offset: number,
  sums: Float64Array,
  normalize: boolean,
): void {
  let squares = 0;
  for (const value of sums) squares += value * value;
  const scale = normalize && squares > 0 ? 1 / Math.sqrt(squares) : 1;
  for (let d = 0; d < sums.length; d++) out[offset + d] = sums[d]! * scale;
}

/** Why the row at `offset` is not a usable vector, or undefined when it is one. */
export function vectorFault(vectors: Float32Array, offset: number, dimension: number): string | undefined {
  if (vectors.length < offset + dimension) return 'is missing';
  let zero = true;
  for (let d = offset; d < offset + dimension; d++) {
    const value = vectors[d]!;
    if (!Number.isFinite(value)) return `is not finite at position ${d - offset}`;
    if (value !== 0) zero = false;
  }
  return zero ? 'is all zeros' : undefined;
}

/** Scales each row of `dimension` numbers to length 1, in place; rows of NaN stay what they are. */
export function normaliseRows(vectors: Float32Array, dimension: number): void {
  const sums = new Float64Array(dimension);
  for (let at = 0; at < vectors.length; at += dimension) {
    sums.set(vectors.subarray(at, at + dimension));
    normaliseInto(vectors, at, sums, true);
  }
}
