/**
 * Opens an index for reading, also where its reader may not write: Zvec maps its file of vectors for both. Readers do not exclude
 * each other: their lock on the collection is a shared one, and its databases are opened without any.
 */
import { constants } from 'node:fs';
import { access, cp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ZVecCollection } from '@zvec/zvec';
import { makeOwnedFolder } from '../owned-folder.ts';
import { loadZvec } from './collection.ts';

export interface OpenCollection {
  collection: ZVecCollection;
  /** Where it was opened. */
  folder: string;
  close(): Promise<void>;
}

/** `path` itself where it can be written, else a copy that lives until `close`. Nothing at `path` is changed. */
export async function openCollection(path: string): Promise<OpenCollection> {
  const zvec = loadZvec();
  if (await isWritable(path)) {
    const collection = zvec.ZVecOpen(path, { readOnly: true });
    return { collection, folder: path, close: async () => collection.closeSync() };
  }
  const copy = await makeOwnedFolder(tmpdir(), 'throughline-index-');
  const remove = () => rm(copy, { recursive: true, force: true });
  try {
    await cp(path, copy, { recursive: true });
    const collection = zvec.ZVecOpen(copy, { readOnly: true });
    return {
      collection,
      folder: copy,
      close: async () => {
        collection.closeSync();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function isWritable(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = [folder, ...entries.map((entry) => join(entry.parentPath, entry.name))];
  const checks = paths.map((path) => access(path, constants.W_OK));
  return (await Promise.allSettled(checks)).every(({ status }) => status === 'fulfilled');
}
