/** A version of the index, opened: what it is asked, and by whom. */
import type { Lake } from '../lake/lake.ts';
import type { StoreSetting } from './collections.ts';
import { type IndexColumns, indexColumns } from './columns.ts';
import { countedFrequency } from './comparable-keyword.ts';
import { damagedIndex } from './damage.ts';
import { type IndexManifest, readManifest } from './manifest.ts';
import { openIndex } from './open-index.ts';
import { partedStore } from './parted-store.ts';
import type { IndexStore } from './store.ts';

export interface OpenStore {
  /** Passages, their words and vectors. */
  store: IndexStore;
  /** Records and words as tables. */
  columns: IndexColumns;
}

export async function openStore(
  lake: Lake,
  manifest: IndexManifest,
  setting: StoreSetting,
): Promise<OpenStore> {
  const { version, base: part } = manifest;
  const own = await openIndex(lake, manifest, setting);
  const tail = own.store;
  if (!part) return { store: tail, columns: indexColumns(version, [{ collection: own.folder }]) };
  try {
    const below = await readManifest(lake, part.version);
    if (!below) throw damagedIndex(version, `its base ${part.version} is gone`);
    const opened = await openIndex(lake, below, setting, new Set(part.without));
    const base = opened.store;
    const columns = indexColumns(version, [
      { collection: opened.folder, without: part.without },
      { collection: own.folder },
    ]);
    // Opened only where a tail has a word more often than its engine counts.
    const ofTail = indexColumns(version, [{ collection: own.folder }]);
    const frequencies = {
      base: countedFrequency(base, (word) => columns.words.frequency(word)),
      tail: countedFrequency(tail, (word) => ofTail.words.frequency(word)),
    };
    return {
      store: partedStore(base, tail, { gone: part.gone, frequencies }),
      columns: {
        ...columns,
        async [Symbol.asyncDispose]() {
          await ofTail[Symbol.asyncDispose]();
          await columns[Symbol.asyncDispose]();
        },
      },
    };
  } catch (error) {
    await tail[Symbol.asyncDispose]();
    throw error;
  }
}
