import { createHash } from 'node:crypto';
import { link as linkOnDisk, mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DeltaError, StoreError } from '../errors.ts';
import { type CacheRoom, openCacheRoom } from './cache-room.ts';
import { processFolder } from './process-folder.ts';
import type { LocalFile } from './store.ts';

export interface CacheOptions {
  /** Shared by all processes of the user, and by tables and stores of every kind. */
  directory: string;
  bytes: number;
}

export interface FileCache {
  /**
   * A local copy of what `key` names, there until it is released, whatever anybody evicts. The key must name one
   * content for ever. `download` writes it to the given path, unless the cache has it; calls for one key at the
   * same time share one download. A copy that is not of `size` bytes (where given) is never handed out.
   */
  cached(
    key: string,
    size: number | undefined,
    download: (toPath: string) => Promise<void>,
  ): Promise<LocalFile>;
  /** Where this process may leave files that it works on: swept when it is dead, not counted. */
  workFolder(): Promise<string>;
}

const GIB = 1024 ** 3;

/** `THROUGHLINE_DELTA_CACHE` and `THROUGHLINE_DELTA_CACHE_BYTES`; `throughline-delta` in the user's cache, 4 GiB. */
export function cacheOptions(env: NodeJS.ProcessEnv): CacheOptions {
  const user = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const bytes = Number(env.THROUGHLINE_DELTA_CACHE_BYTES || 4 * GIB);
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    const given = env.THROUGHLINE_DELTA_CACHE_BYTES;
    throw new DeltaError(
      'INVALID_OPTION',
      `THROUGHLINE_DELTA_CACHE_BYTES must be a number of bytes: ${given}`,
    );
  }
  return { directory: env.THROUGHLINE_DELTA_CACHE || join(user, 'throughline-delta'), bytes };
}

/** Removes all copies, as a user may at any time; those in use go when they are released. */
export async function emptyFileCache(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const files = join(cacheOptions(env).directory, 'files');
  for (const name of await readdir(files).catch(() => [])) await rm(join(files, name), { force: true });
}

/**
 * Copies of immutable remote files: `files/DIGEST`, of which each process that reads one has a second name in
 * `pins/PROCESS/`. Bound: what is not in use takes at most `bytes`, least recently used first to go; files in use
 * may exceed it until they are released, and each further process that downloads at the same time may exceed it
 * by a sixteenth. On a disk without hard links nothing is kept: every fetch is a download.
 */
export function openFileCache({ directory, bytes }: CacheOptions, link = linkOnDisk): FileCache {
  const files = join(directory, 'files');
  const room = openCacheRoom(files, bytes);
  const inUse = new Map<string, { path: Promise<string>; users: number }>();
  let [pins, count]: [Promise<string> | undefined, number] = [undefined, 0];
  const prepare = () => {
    const folder = preparedFolder(directory, files);
    pins = folder;
    folder.catch(() => {
      pins = undefined;
    });
    return folder;
  };
  const workFolder = async () => {
    const folder = await (pins ?? prepare());
    const isThere = await stat(folder).catch(() => undefined); // a user may empty the cache at any time
    return isThere === undefined ? await prepare() : folder;
  };

  return {
    workFolder,
    cached: async (key, size, download) => {
      const name = createHash('sha256').update(key).digest('hex');
      let pinned = inUse.get(name);
      if (pinned === undefined) {
        const path = workFolder().then((folder) =>
          pin({
            file: join(files, name),
            pin: join(folder, `${name}-${count++}`),
            room,
            size,
            download,
            link,
          }),
        );
        pinned = { path, users: 0 };
        inUse.set(name, pinned);
      }
      pinned.users++;
      return { localPath: await pathOf(inUse, name, pinned), release: releaseOf(inUse, name, pinned, room) };
    },
  };
}

type InUse = Map<string, Pinned>;
type Pinned = { path: Promise<string>; users: number };

async function preparedFolder(directory: string, files: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const pins = join(directory, 'pins');
  for (const folder of [files, pins]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await refuseForeign(folder);
  }
  return await processFolder(pins);
}

/** In a folder of somebody else, what we read could be what they put there. */
async function refuseForeign(folder: string): Promise<void> {
  const user = process.getuid?.();
  if (user === undefined || (await stat(folder)).uid === user) return;
  throw new DeltaError('INVALID_OPTION', `${folder} belongs to another user: set THROUGHLINE_DELTA_CACHE.`);
}

async function pathOf(inUse: InUse, name: string, pinned: Pinned): Promise<string> {
  try {
    return await pinned.path;
  } catch (error) {
    if (inUse.get(name) === pinned) inUse.delete(name);
    throw error;
  }
}

/** Whoever releases last takes the pin away; to release twice is to release once. */
function releaseOf(inUse: InUse, name: string, pinned: Pinned, room: CacheRoom): () => Promise<void> {
  let released = false;
  return async () => {
    if (released) return;
    released = true;
    if (--pinned.users > 0) return;
    if (inUse.get(name) === pinned) inUse.delete(name);
    await rm(await pinned.path, { force: true });
    await room.trim();
  };
}

interface Wanted {
  file: string;
  pin: string;
  room: CacheRoom;
  size: number | undefined;
  download: (toPath: string) => Promise<void>;
  link: typeof linkOnDisk;
}

/** The download goes to the pin, and gets its name in the cache only when it is whole: nobody sees half a file. */
async function pin(wanted: Wanted): Promise<string> {
  const { file, pin, room, size, download, link } = wanted;
  if (await pinKept(wanted)) return pin;
  await room.make(size ?? 0);
  try {
    await download(pin);
    const found = (await stat(pin)).size;
    if (size !== undefined && found !== size) {
      throw new StoreError(`A download has ${found} bytes instead of ${size}; try again.`);
    }
    await link(pin, file).catch(() => {}); // another process was faster, or the disk has no hard links
    if (size === undefined) await room.make(found);
    return pin;
  } catch (error) {
    await rm(pin, { force: true });
    throw error;
  }
}

async function pinKept({ file, pin, size, link }: Wanted): Promise<boolean> {
  try {
    await link(file, pin);
  } catch {
    return false;
  }
  const isWhole = size === undefined || (await stat(pin)).size === size;
  const now = new Date();
  if (isWhole) await utimes(pin, now, now);
  else for (const path of [file, pin]) await rm(path, { force: true });
  return isWhole;
}
