import { gatherRows } from '../rows.ts';
import { type ThemesOfVectors, themesOfLabels } from '../themes-of-labels.ts';
import { fitKMeans, type KMeansOptions } from './k-means.ts';

/** Clusters of `kMeans` as themes: those that have members, numbered by size. `centres` are theirs, for `by: 'distance'`. */
export function themesByKMeans(
  vectors: Float32Array,
  dimension: number,
  options: KMeansOptions,
): ThemesOfVectors & { centres: Float32Array } {
  const { labels: clusters, centres } = fitKMeans(vectors, dimension, options);
  const { labels, ...found } = themesOfLabels(vectors, dimension, clusters);
  return { ...found, centres: gatherRows(centres, dimension, labels) };
}
