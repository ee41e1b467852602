import type { IndexManifest } from './manifest.ts';

/** Of what an exact scan finds, the least share that an index was found to find; null where nothing was asked. */
export function leastRecall({
  cases,
}: Pick<NonNullable<IndexManifest['verification']>, 'cases'>): number | null {
  const recalls = cases.flatMap((one) => [one['recall@10'], one['recall@100']]);
  return recalls.length === 0 ? null : Math.min(...recalls);
}
