import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '@throughline/delta/store';
import { createJson, replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { forEach } from './for-each.ts';
import type { IndexFile } from './index-files.ts';
import { type IndexContent, type IndexManifest, indexRoot, manifestPath } from './manifest.ts';

const UPLOADS_AT_ONCE = 4;

/**
 * Makes a collection that was built on this machine a version of a remote lake: its files first, the manifest last.
 * Undefined where another run was faster: its manifest stays. What a kill leaves goes with the version.
 */
export async function publishIndex(
  lake: Lake,
  collection: string,
  files: IndexFile[],
  built: IndexManifest,
  signal: AbortSignal,
): Promise<IndexContent | undefined> {
  const store = openStore(indexRoot(lake, built.version));
  const folder = randomUUID();
  await forEach(files, UPLOADS_AT_ONCE, async ({ path }) => {
    signal.throwIfAborted();
    const staged = await store.stage(`${folder}/${path}`);
    try {
      await copyFile(join(collection, path), staged.localPath);
      await staged.publish('new');
    } finally {
      await staged.discard();
    }
  });
  const content = { folder, files };
  const ours: IndexManifest = { ...built, content };
  const path = manifestPath(lake, built.version);
  const there = await createJson(path, ours);
  if (there.content === undefined) await replaceJson(path, ours);
  else if (there.content.folder !== folder) {
    await store.removeFolder(folder);
    return undefined;
  }
  return content;
}
