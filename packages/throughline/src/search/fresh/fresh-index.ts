/** An index with what streams have committed since it was built. */
import type { ThroughlineError } from '../../error.ts';
import { buildTableRoot } from '../../lake/build.ts';
import type { Lake } from '../../lake/lake.ts';
import { countedFrequency } from '../comparable-keyword.ts';
import type { IndexManifest } from '../manifest.ts';
import type { OpenStore } from '../open-store.ts';
import { averageLength } from './average-length.ts';
import { type FreshView, freshView } from './fresh-view.ts';
import { type Fresh, openFresh } from './open-fresh.ts';

export interface FreshIndex extends Omit<Fresh, 'state'> {
  /** As it is now; undefined where nothing is fresh. */
  view(): FreshView | undefined;
}

export interface FreshIndexOptions extends OpenStore {
  onIncomplete?: ((error: ThroughlineError) => void) | undefined;
}

/** Store and columns stay open when it is closed. */
export async function openFreshIndex(
  lake: Lake,
  manifest: IndexManifest,
  { store, columns, onIncomplete }: FreshIndexOptions,
): Promise<FreshIndex> {
  const root = buildTableRoot(lake, manifest.build, 'passages');
  const { state, ...fresh } = await openFresh(manifest, { root, store, onIncomplete });
  const weights = {
    passages: store.passages,
    frequency: countedFrequency(store, (word) => columns.words.frequency(word)),
    averageLength: averageLength(store),
  };
  return {
    ...fresh,
    view: () => (state.moment === 0 ? undefined : freshView(state, { store, columns, weights })),
  };
}
