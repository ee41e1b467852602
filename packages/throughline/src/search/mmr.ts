/**
 * Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): the next is the one with the greatest
 * (1 - diversity) * relevance - diversity * (greatest similarity to one that was chosen before).
 */

export interface Diverse<T> {
  item: T;
  /** In [0, 1]. */
  relevance: number;
  /** Of length 1, all of one dimension. */
  vector: Float32Array;
}

/** All items, in the order in which they are chosen. Ties keep the order they came in. Time grows with n². */
export function diversify<T>(items: readonly Diverse<T>[], diversity: number): T[] {
  const left = items.map((item) => ({ ...item, nearest: Number.NEGATIVE_INFINITY }));
  const chosen: T[] = [];
  while (left.length > 0) {
    let [best, bestValue] = [0, Number.NEGATIVE_INFINITY];
    for (const [i, { relevance, nearest }] of left.entries()) {
      const similarity = chosen.length === 0 ? 0 : nearest;
      const value = (1 - diversity) * relevance - diversity * similarity;
      if (value > bestValue) [best, bestValue] = [i, value];
    }
    const [next] = left.splice(best, 1);
    chosen.push(next!.item);
    for (const one of left) one.nearest = Math.max(one.nearest, dot(one.vector, next!.vector));
  }
  return chosen;
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The same direction with length 1; a vector of zeros stays what it is. */
export function normalised(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** The direction of the mean of one vector or more, of length 1. */
export function meanDirection(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]!.length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  return normalised(sum);
}
