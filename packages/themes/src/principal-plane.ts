import { random } from './random.ts';

const STEPS = 24;

/**
 * Coordinates of each vector on the two directions in which the vectors vary most (PCA, by orthogonal iteration): n * 2, with mean 0. The
 * sign of each direction is such that its largest component is positive.
 */
export function principalPlane(vectors: Float32Array, dimension: number): Float32Array {
  const n = vectors.length / dimension;
  const mean = meanOf(vectors, dimension, n);
  const next = random(2);
  let axes: Float64Array[] = [0, 1].map(() => Float64Array.from({ length: dimension }, () => next() - 0.5));
  for (let step = 0; step < STEPS; step++) {
    axes = orthonormal(covarianceTimes(vectors, dimension, mean, axes));
  }
  axes.sort((a, b) => spread(vectors, dimension, mean, b) - spread(vectors, dimension, mean, a));
  const plane = new Float32Array(n * 2);
  for (const [at, axis] of axes.entries()) {
    const largest = axis.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    const sign = largest < 0 ? -1 : 1;
    for (let row = 0; row < n; row++)
      plane[row * 2 + at] = sign * project(vectors, row * dimension, mean, axis);
  }
  return plane;
}

function meanOf(vectors: Float32Array, dimension: number, n: number): Float64Array {
  const mean = new Float64Array(dimension);
  for (let i = 0; i < vectors.length; i++) mean[i % dimension]! += vectors[i]! / n;
  return mean;
}

function project(vectors: Float32Array, start: number, mean: Float64Array, axis: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < axis.length; d++) sum += (vectors[start + d]! - mean[d]!) * axis[d]!;
  return sum;
}

function covarianceTimes(vectors: Float32Array, dimension: number, mean: Float64Array, axes: Float64Array[]) {
  const results = axes.map(() => new Float64Array(dimension));
  for (let start = 0; start < vectors.length; start += dimension) {
    for (const [at, axis] of axes.entries()) {
      const along = project(vectors, start, mean, axis);
      const result = results[at]!;
      for (let d = 0; d < dimension; d++) result[d]! += along * (vectors[start + d]! - mean[d]!);
    }
  }
  return results;
}

/** Gram and Schmidt; a direction in which nothing varies becomes zero. */
function orthonormal(axes: Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const axis of axes) {
    for (const other of done) {
      const along = axis.reduce((sum, value, d) => sum + value * other[d]!, 0);
      for (let d = 0; d < axis.length; d++) axis[d]! -= along * other[d]!;
    }
    const length = Math.hypot(...axis);
    done.push(axis.map((value) => (length < 1e-12 ? 0 : value / length)));
  }
  return done;
}

function spread(vectors: Float32Array, dimension: number, mean: Float64Array, axis: Float64Array): number {
  let sum = 0;
  for (let start = 0; start < vectors.length; start += dimension)
    sum += project(vectors, start, mean, axis) ** 2;
  return sum;
}
