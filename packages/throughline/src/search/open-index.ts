import type { Lake } from '../lake/lake.ts';
import { isRemote, lakePath } from '../lake/lake-path.ts';
import { copyOfIndex } from './index-copy.ts';
import { seal } from './index-files.ts';
import { type IndexManifest, indexRoot } from './manifest.ts';
import { type OpenCollection, openCollection } from './open-collection.ts';

/** Opens a version of the index where it is, or a copy of it where the lake is remote. */
export async function openIndex(lake: Lake, manifest: IndexManifest): Promise<OpenCollection> {
  if (!isRemote(lake.root))
    return openCollection(lakePath(indexRoot(lake, manifest.version), manifest.folder));
  const copy = await copyOfIndex(lake, manifest);
  const opened = await openCollection(copy);
  // A copy that is not sealed is only looked at more closely.
  await seal(copy, manifest.files).catch(() => {});
  return opened;
}
