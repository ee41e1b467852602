import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What tests and benches need is made once here and shared by every clone of the user. */
export function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'throughline');
}

/**
 * The folder `KIND-DIGEST` of the cache, made by `make` unless it is there. The digest is of `contents`, which
 * says all that the folder depends on, so a changed list never reuses an old one. However many processes ask,
 * one makes it and the others wait; what a crash left half made is made anew.
 */
export async function madeOnce(
  kind: string,
  contents: unknown,
  make: (directory: string) => Promise<unknown>,
): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 16);
  const directory = join(cacheDirectory(), `${kind}-${digest}`);
  const ready = join(directory, 'ready');
  if (await exists(ready)) return directory;
  await mkdir(cacheDirectory(), { recursive: true });
  return await withLock(`${directory}.lock`, async () => {
    if (await exists(ready)) return directory;
    await rm(directory, { recursive: true, force: true });
    await make(directory);
    await mkdir(ready);
    return directory;
  });
}

const LOCK_STALE_MS = 15 * 60_000;

/** Test files run in parallel: one makes the folder, the others wait. A lock left by a crash expires. */
async function withLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age =
        Date.now() -
        (await stat(lock)
          .then((s) => s.mtimeMs)
          .catch(() => Date.now()));
      if (age > LOCK_STALE_MS) await rename(lock, `${lock}.${process.pid}`).catch(() => {});
      else await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
