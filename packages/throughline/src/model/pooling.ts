import { normaliseInto } from './vector.ts';

/**
 * The mean of each text's hidden states, scaled to length 1 when `normalize`: `hidden` is [rows, tokens, dimension],
 * the answer [rows, dimension]. Sums run in float64 over the tokens in their order, so a vector depends on its own
 * text's hidden states alone; pooling inside the model's graph would differ by 3e-8 between batches.
 */
export function meanPool(
  hidden: Float32Array,
  rows: number,
  dimension: number,
  normalize: boolean,
): Float32Array {
  const out = new Float32Array(rows * dimension);
  const sums = new Float64Array(dimension);
  const size = hidden.length / rows;
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    for (let at = row * size; at < (row + 1) * size; at += dimension) {
      for (let d = 0; d < dimension; d++) sums[d]! += hidden[at + d]!;
    }
    const tokens = size / dimension;
    for (let d = 0; d < dimension; d++) sums[d]! /= tokens;
    normaliseInto(out, row * dimension, sums, normalize);
  }
  return out;
}
