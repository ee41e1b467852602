import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '@throughline/delta/store';
import { createJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { forEach } from './for-each.ts';
import { type IndexManifest, indexRoot } from './manifest.ts';

const UPLOADS_AT_ONCE = 4;

/**
 * Makes a collection that was built on this machine a version of a remote lake: its files first, the manifest last.
 * Where another run was faster, its manifest stays and is returned. What a kill leaves goes with the version.
 */
export async function publishIndex(
  lake: Lake,
  collection: string,
  built: Omit<IndexManifest, 'folder'>,
  signal: AbortSignal,
): Promise<{ isOurs: boolean; manifest: IndexManifest }> {
  const store = openStore(indexRoot(lake, built.version));
  const folder = randomUUID();
  await forEach(built.files, UPLOADS_AT_ONCE, async ({ path }) => {
    signal.throwIfAborted();
    const staged = await store.stage(`${folder}/${path}`);
    try {
      await copyFile(join(collection, path), staged.localPath);
      await staged.publish('new');
    } finally {
      await staged.discard();
    }
  });
  const ours: IndexManifest = { ...built, folder };
  const manifest = await createJson(lakePath(store.root, 'manifest.json'), ours);
  const isOurs = manifest.folder === folder;
  if (!isOurs) await store.removeFolder(folder);
  return { isOurs, manifest };
}
