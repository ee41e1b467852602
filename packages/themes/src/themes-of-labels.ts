import { centroidsOf, themeSums } from './centroids.ts';
import { namesBySize } from './partition.ts';
import { unitVectors } from './unit-vectors.ts';

/** What a fit has found, by whatever method. */
export interface ThemesOfVectors {
  /** Theme of each vector: 0, 1, ... by descending size, then by first member. */
  membership: Int32Array;
  themes: number;
  /** Row-major, of length 1. */
  centroids: Float32Array;
}

/** Vectors of one label as a theme, whatever a label is; `labels` are those of the themes. Throws ThemesError for a wrong size, NaN or infinity. */
export function themesOfLabels<Label>(
  vectors: Float32Array,
  dimension: number,
  given: Iterable<Label>,
): ThemesOfVectors & { labels: Label[] } {
  const all = [...given];
  const labels = namesBySize(all);
  const numbers = new Map(labels.map((label, theme) => [label, theme]));
  const membership = Int32Array.from(all, (label) => numbers.get(label)!);
  const unit = unitVectors(vectors, dimension);
  const centroids = centroidsOf(themeSums(unit, dimension, membership, labels.length), dimension);
  return { membership, themes: labels.length, centroids, labels };
}
