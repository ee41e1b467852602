import { ThemesError } from '../errors.ts';
import { rowCount } from '../unit-vectors.ts';
import { lloyd } from './lloyd.ts';
import { plusPlus } from './plus-plus.ts';
import { randomState } from './random-state.ts';

export interface KMeansOptions {
  /** Number of clusters. */
  count: number;
  /** scikit-learn's `random_state`; 0 unless told. */
  seed?: number;
  /** Steps at most; 300 unless told. */
  iterations?: number;
}

/** Times the mean variance of the columns. */
const TOLERANCE = 1e-4;

/**
 * The labels of scikit-learn's `KMeans(count, random_state=seed, n_init='auto', algorithm='lloyd')` on the same float32 vectors (row-major,
 * taken as they are): the same numbers drawn, the same starts, the same steps. Sums are rounded less than by its matrix product, so a
 * vector half way between two centres may go to the other. The same input gives the same labels on every machine. Memory: a
 * copy of the vectors. Throws ThemesError for a wrong size, for NaN or infinity, and for more clusters than vectors.
 */
export function kMeans(vectors: Float32Array, dimension: number, options: KMeansOptions): Int32Array {
  return fitKMeans(vectors, dimension, options).labels;
}

/** As `kMeans`, with the centres that a later vector is compared with: row-major, as the vectors are. */
export function fitKMeans(
  vectors: Float32Array,
  dimension: number,
  { count, seed = 0, iterations = 300 }: KMeansOptions,
): { labels: Int32Array; centres: Float32Array } {
  const n = rowCount(vectors, dimension);
  const bad = vectors.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1)
    throw new ThemesError(
      'vectors_not_finite',
      `vector ${Math.floor(bad / dimension)} holds NaN or infinity; embed its text again`,
    );
  if (!Number.isInteger(count) || count < 1 || count > n)
    throw new ThemesError('vectors_shape', `${n} vectors cannot be ${count} clusters; ask for 1 to ${n}`);
  const { centred, variance, means } = centre(vectors, dimension, n);
  const starts = plusPlus(centred, dimension, count, randomState(seed));
  const { labels, centres } = lloyd(centred, dimension, starts, {
    ...{ iterations, tolerance: variance * TOLERANCE },
  });
  return { labels, centres: centres.map((value, i) => value + Math.fround(means[i % dimension]!)) };
}

/** The vectors less their mean, and the mean variance of their columns. */
function centre(vectors: Float32Array, dimension: number, n: number) {
  const means = new Float64Array(dimension);
  for (const [i, value] of vectors.entries()) means[i % dimension]! += value / n;
  const centred = vectors.map((value, i) => value - Math.fround(means[i % dimension]!));
  let square = 0;
  for (const [i, value] of vectors.entries()) square += (value - means[i % dimension]!) ** 2;
  return { centred, variance: square / vectors.length, means };
}
