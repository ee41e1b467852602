/** A version of the index, opened: what it is asked, and by whom. */
import type { Lake } from '../lake/lake.ts';
import { type IndexColumns, indexColumns } from './columns.ts';
import type { IndexManifest } from './manifest.ts';
import { openIndex } from './open-index.ts';
import type { IndexStore } from './store.ts';
import { zvecStore } from './zvec-store.ts';

export interface OpenStore {
  /** Passages, their words and vectors. */
  store: IndexStore;
  /** Records and words as tables. */
  columns: IndexColumns;
}

export async function openStore(lake: Lake, manifest: IndexManifest): Promise<OpenStore> {
  const collection = await openIndex(lake, manifest);
  return {
    store: zvecStore(collection, manifest.mapping.attributes),
    columns: indexColumns(manifest.version, [{ collection: collection.folder }]),
  };
}
