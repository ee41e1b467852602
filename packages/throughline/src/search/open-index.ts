import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { refuseDamaged } from './damage.ts';
import { copyOfIndex } from './index-copy.ts';
import { seal } from './index-files.ts';
import { COLLECTION, type IndexManifest, indexRoot } from './manifest.ts';
import { type OpenCollection, openCollection } from './open-collection.ts';

/** Opens a version of the index where it is, or a copy of it where it was published to a remote lake. */
export async function openIndex(lake: Lake, manifest: IndexManifest): Promise<OpenCollection> {
  const { version, content } = manifest;
  await refuseDamaged(lake, manifest, { asCopy: true });
  if (!content) return openCollection(lakePath(indexRoot(lake, version), COLLECTION));
  const copy = await copyOfIndex(lake, version, content);
  // What Zvec writes into its files is its own affair; where that stays unsealed, the copy is fetched once more.
  const sealAgain = () => seal(copy, content.files).catch(() => {});
  const { collection, folder, close } = await openCollection(copy);
  await sealAgain();
  return {
    collection,
    folder,
    close: async () => {
      await close();
      await sealAgain();
    },
  };
}
