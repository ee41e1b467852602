/** Parts of a run, for schedulers that show each and try each again. */
import type { Selection } from './pending.ts';

/**
 * `map`: chunks. `check`: whether what is published may be promoted. `index`: builds the index of that, and both are promoted. `themes`: those
 * of what is promoted.
 */
export const STEPS = ['map', 'check', 'index', 'themes'] as const;
export type Step = (typeof STEPS)[number];

/** A task that maps named chunks: others map others, and what all come to is judged after them. */
export function isPart({ only, chunks }: Pick<Selection, 'chunks'> & { only?: Step | undefined }): boolean {
  return only === 'map' && chunks !== undefined;
}

export function isAfterChunks(only: Step | undefined): boolean {
  return only !== undefined && only !== 'map';
}
