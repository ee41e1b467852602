import { ThemesError } from './errors.ts';

/** Squared lengths this near to 1 are float32 rounding. */
const UNIT_TOLERANCE = 1e-5;

/**
 * The rows of a row-major matrix with length 1, so that a dot product is a cosine: the same array when they have
 * it already, else a copy. A zero row stays zero. Throws ThemesError for a wrong size and for NaN or infinity.
 */
export function unitVectors(vectors: Float32Array, dimension: number): Float32Array {
  const rows = rowCount(vectors, dimension);
  let copy: Float32Array | undefined;
  for (let row = 0; row < rows; row++) {
    const square = squaredLength(vectors, row * dimension, dimension);
    if (!Number.isFinite(square)) {
      throw new ThemesError(
        'vectors_not_finite',
        `vector ${row} holds NaN or infinity; embed its text again`,
      );
    }
    if (square === 0 || Math.abs(square - 1) <= UNIT_TOLERANCE) continue;
    copy ??= vectors.slice();
    const scale = 1 / Math.sqrt(square);
    for (let i = row * dimension; i < (row + 1) * dimension; i++) copy[i] = vectors[i]! * scale;
  }
  return copy ?? vectors;
}

/** Number of rows; throws ThemesError when the length is not a whole number of them. */
export function rowCount(vectors: Float32Array, dimension: number): number {
  if (!Number.isInteger(dimension) || dimension < 1 || vectors.length % dimension !== 0) {
    throw new ThemesError(
      'vectors_shape',
      `${vectors.length} numbers are not a whole number of vectors of ${dimension}; pass the dimension of the model`,
    );
  }
  return vectors.length / dimension;
}

/** Of the row that begins at `start`. */
export function squaredLength(
  vectors: Float32Array | Float64Array,
  start: number,
  dimension: number,
): number {
  let sum = 0;
  for (let i = start; i < start + dimension; i++) sum += vectors[i]! * vectors[i]!;
  return sum;
}
