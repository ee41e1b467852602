/** Opens an index for reading, also where its reader may not write: Zvec opens some of its files for both. */
import { constants } from 'node:fs';
import { access, cp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
    const collection = await openPatiently(path);
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

const TRIES = 6;
const FIRST_WAIT_MS = 25;

/** Zvec opens some files to write even where it only reads: another process that does so at this moment is in the way. */
async function openPatiently(path: string): Promise<ZVecCollection> {
  for (let tries = 1; ; tries++) {
    try {
      return loadZvec().ZVecOpen(path, { readOnly: true });
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(FIRST_WAIT_MS * 2 ** (tries - 1));
    }
  }
}

async function isWritable(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = [folder, ...entries.map((entry) => join(entry.parentPath, entry.name))];
  const checks = paths.map((path) => access(path, constants.W_OK));
  return (await Promise.allSettled(checks)).every(({ status }) => status === 'fulfilled');
}
