import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Keeps a folder of files within a bound. Other processes add and remove files there too. */
export interface CacheRoom {
  /** Files of so many bytes are about to come: room is made first, as far as files not in use allow. */
  make(bytes: number): Promise<void>;
  /** A file is no longer in use: what had to exceed the bound until now goes. */
  trim(): Promise<void>;
}

/** A file in use has a second name, and is left alone: to remove it here would free nothing. */
export function openCacheRoom(folder: string, bound: number): CacheRoom {
  /** What the files take, as far as is known: what was found, and what came since. */
  let [found, since]: [number | undefined, number] = [undefined, 0];
  let queue: Promise<void> = Promise.resolve();

  const evict = async (coming: number) => {
    const isKnown = found !== undefined && since <= bound / SIXTEEN;
    if (isKnown && found! + since + coming <= bound) return;
    [found, since] = [await evictDownTo(folder, bound, coming), 0];
  };
  const inTurn = (work: () => Promise<void>) => {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  };
  return {
    make: (bytes) =>
      inTurn(async () => {
        await evict(bytes);
        since += bytes;
      }),
    trim: () => inTurn(() => evict(0)),
  };
}

const SIXTEEN = 16;

/** Above the bound a sixteenth more goes than must, so that not every download has to look at all files. */
async function evictDownTo(folder: string, bound: number, coming: number): Promise<number> {
  const files = await filesOf(folder);
  let total = files.reduce((sum, { size }) => sum + size, 0);
  if (total + coming <= bound) return total;
  const goal = bound - Math.max(coming, bound / SIXTEEN);
  for (const { path, size, isInUse } of files.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= goal) break;
    if (isInUse) continue;
    await rm(path, { force: true });
    total -= size;
  }
  return total;
}

interface CachedFile {
  path: string;
  size: number;
  /** milliseconds since the epoch */
  usedAt: number;
  isInUse: boolean;
}

const STATS_AT_ONCE = 64;

async function filesOf(folder: string): Promise<CachedFile[]> {
  const names = await readdir(folder).catch(() => []); // the user has emptied the cache
  const files: CachedFile[] = [];
  for (let start = 0; start < names.length; start += STATS_AT_ONCE) {
    const some = names.slice(start, start + STATS_AT_ONCE).map((name) => fileOf(join(folder, name)));
    for (const file of await Promise.all(some)) if (file !== undefined) files.push(file);
  }
  return files;
}

/** Undefined when another process has just evicted it. */
async function fileOf(path: string): Promise<CachedFile | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return { path, size: found.size, usedAt: found.mtimeMs, isInUse: found.nlink > 1 };
}
