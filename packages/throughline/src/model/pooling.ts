import type { Pooling } from './types.ts';
import { normaliseInto } from './vector.ts';

/**
 * One vector for each text, scaled to length 1 when `normalize`: `hidden` is [rows, tokens, dimension], the answer
 * [rows, dimension]. Sums run in float64 over the tokens in their order, so a vector depends on its own text's hidden
 * states alone; pooling inside the model's graph would differ by 3e-8 between batches.
 */
export function pool(
  hidden: Float32Array,
  rows: number,
  dimension: number,
  pooling: Pooling,
  normalize: boolean,
): Float32Array {
  const out = new Float32Array(rows * dimension);
  const sums = new Float64Array(dimension);
  const size = hidden.length / rows;
  for (let row = 0; row < rows; row++) {
    const [from, to] = spanOf(pooling, row * size, size, dimension);
    sums.fill(0);
    for (let at = from; at < to; at += dimension) {
      for (let d = 0; d < dimension; d++) sums[d]! += hidden[at + d]!;
    }
    const tokens = (to - from) / dimension;
    for (let d = 0; d < dimension; d++) sums[d]! /= tokens;
    normaliseInto(out, row * dimension, sums, normalize);
  }
  return out;
}

/** Where the hidden states that count begin and end: all of them, those of the first token, or of the last. */
function spanOf(pooling: Pooling, start: number, size: number, dimension: number): [number, number] {
  if (pooling === 'mean') return [start, start + size];
  return pooling === 'cls' ? [start, start + dimension] : [start + size - dimension, start + size];
}
