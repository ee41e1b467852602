/** Lloyd's algorithm (1982, "Least squares quantization in PCM") as scikit-learn runs it. Rows, centres and sums are float32. */

export interface LloydOptions {
  iterations: number;
  /** Sum of the squared shifts of the centres at which it ends. */
  tolerance: number;
}

/** The centre of each row, and the centres. It ends where no row changes its centre, or the centres move by less than the tolerance. */
export function lloyd(
  rows: Float32Array,
  dimension: number,
  starts: Float32Array,
  { iterations, tolerance }: LloydOptions,
): { labels: Int32Array; centres: Float32Array } {
  let centres: Float32Array = starts;
  let labels = new Int32Array(rows.length / dimension).fill(-1);
  for (let i = 0; i < iterations; i++) {
    const found = nearestCentres(rows, dimension, centres);
    const moved = means(rows, dimension, centres, found);
    const isStrict = found.every((label, row) => label === labels[row]);
    const shift = squaredShift(moved, centres);
    centres = moved;
    labels = found;
    if (isStrict) return { labels, centres };
    if (shift <= tolerance) break;
  }
  return { labels: nearestCentres(rows, dimension, centres), centres };
}

/** By |c|^2 - 2 x c, which orders the centres of a row as their distances do; ties go to the first. */
function nearestCentres(
  rows: Float32Array,
  dimension: number,
  centres: Float32Array,
): Int32Array<ArrayBuffer> {
  const k = centres.length / dimension;
  const squares = Float64Array.from({ length: k }, (_, c) =>
    product(centres, c * dimension, centres, c * dimension, dimension),
  );
  const labels = new Int32Array(rows.length / dimension);
  for (let row = 0; row < labels.length; row++) {
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      const distance = Math.fround(
        squares[c]! - 2 * product(rows, row * dimension, centres, c * dimension, dimension),
      );
      if (distance >= least) continue;
      least = distance;
      labels[row] = c;
    }
  }
  return labels;
}

function product(a: Float32Array, from: number, b: Float32Array, other: number, dimension: number): number {
  // Four sums at once: one alone waits for itself.
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let d = 0;
  for (; d + 3 < dimension; d += 4) {
    s0 += a[from + d]! * b[other + d]!;
    s1 += a[from + d + 1]! * b[other + d + 1]!;
    s2 += a[from + d + 2]! * b[other + d + 2]!;
    s3 += a[from + d + 3]! * b[other + d + 3]!;
  }
  for (; d < dimension; d++) s0 += a[from + d]! * b[other + d]!;
  return s0 + s1 + (s2 + s3);
}

function means(
  rows: Float32Array,
  dimension: number,
  before: Float32Array,
  labels: Int32Array,
): Float32Array {
  const sums = new Float32Array(before.length);
  const counts = new Int32Array(before.length / dimension);
  for (const [row, label] of labels.entries()) {
    counts[label]!++;
    for (let d = 0; d < dimension; d++) sums[label * dimension + d]! += rows[row * dimension + d]!;
  }
  relocateEmpty({ rows, dimension, before, labels }, sums, counts);
  const largest = counts.indexOf(Math.max(...counts));
  for (const [c, count] of counts.entries()) {
    const scale = Math.fround(1 / count);
    if (count > 0) for (let d = 0; d < dimension; d++) sums[c * dimension + d]! *= scale;
  }
  for (const [c, count] of counts.entries())
    if (count === 0) sums.copyWithin(c * dimension, largest * dimension, (largest + 1) * dimension);
  return sums;
}

interface Step {
  rows: Float32Array;
  dimension: number;
  before: Float32Array;
  labels: Int32Array;
}

/** A centre without rows gets one of those that are farthest from theirs. */
function relocateEmpty(
  { rows, dimension, before, labels }: Step,
  sums: Float32Array,
  counts: Int32Array,
): void {
  const empty = [...counts.keys()].filter((c) => counts[c] === 0);
  if (empty.length === 0) return;
  const distances = Float32Array.from(labels, (label, row) => {
    let square = 0;
    for (let d = 0; d < dimension; d++)
      square += (rows[row * dimension + d]! - before[label * dimension + d]!) ** 2;
    return square;
  });
  const far = [...distances.keys()].sort((a, b) => distances[b]! - distances[a]! || a - b);
  if (distances[far[0]!] === 0) return;
  for (const [i, c] of empty.entries()) {
    const row = far[i]!;
    const own = labels[row]!;
    for (let d = 0; d < dimension; d++) {
      sums[own * dimension + d]! -= rows[row * dimension + d]!;
      sums[c * dimension + d] = rows[row * dimension + d]!;
    }
    counts[c] = 1;
    counts[own]!--;
  }
}

function squaredShift(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (const [i, value] of a.entries()) sum += (value - b[i]!) ** 2;
  return sum;
}
