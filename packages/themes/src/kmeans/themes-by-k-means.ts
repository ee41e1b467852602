import { centroidsOf, themeSums } from '../centroids.ts';
import { gatherRows } from '../rows.ts';
import { unitVectors } from '../unit-vectors.ts';
import { fitKMeans, type KMeansOptions } from './k-means.ts';

/** What a fit has found, by whatever method. */
export interface ThemesOfVectors {
  /** Theme of each vector: 0, 1, ... by descending size, then by first member. */
  membership: Int32Array;
  themes: number;
  /** Row-major, of length 1. */
  centroids: Float32Array;
}

/** Clusters of `kMeans` as themes: those that have members, numbered by size. `centres` are theirs, for `by: 'distance'`. */
export function themesByKMeans(
  vectors: Float32Array,
  dimension: number,
  options: KMeansOptions,
): ThemesOfVectors & { centres: Float32Array } {
  const { labels, centres } = fitKMeans(vectors, dimension, options);
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  // A map keeps the order of first members, and sorting keeps that of equals.
  const order = [...sizes].sort(([, a], [, b]) => b - a).map(([label]) => label);
  const numbers = new Map(order.map((label, theme) => [label, theme]));
  const membership = labels.map((label) => numbers.get(label)!);
  const unit = unitVectors(vectors, dimension);
  const centroids = centroidsOf(themeSums(unit, dimension, membership, order.length), dimension);
  return { membership, themes: order.length, centroids, centres: gatherRows(centres, dimension, order) };
}
