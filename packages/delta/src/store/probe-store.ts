import { randomUUID } from 'node:crypto';
import { mkdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openStore, type Store } from './store.ts';

export type StoreProbe = { ok: true } | { ok: false; reason: string };

/**
 * Whether tables can be kept safely at this root: of two files of one name the second is refused, a new file is
 * listed and read at once, and can be removed. Nothing stays, but what somebody else puts there meanwhile. The
 * reason says what is wrong and what to do.
 */
export async function probeStore(root: string): Promise<StoreProbe> {
  try {
    const store = openStore(root);
    const restore = await madeFolders(store.root);
    try {
      const reason = await problemOf(store, `.${randomUUID()}.tmp`);
      return reason === undefined ? { ok: true } : { ok: false, reason: `${store.root}: ${reason}` };
    } finally {
      await restore();
    }
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
}

async function problemOf(store: Store, path: string): Promise<string | undefined> {
  try {
    if (!(await store.putIfAbsent(path, 'first'))) return 'a new file was refused as if it were there.';
    if (await store.putIfAbsent(path, 'second')) return 'a second file of one name was not refused.';
    if ((await store.read(path)) !== 'first')
      return 'a file that was just written does not read as it was written.';
    if (!(await store.list('', path)).includes(path))
      return 'a file that was just written is not in the list.';
    if (!(await canReplace(store, path))) return 'a file cannot be replaced.';
  } finally {
    await store.remove(path);
  }
  if ((await store.read(path)) !== undefined) return 'a file that was just removed is still there.';
  return undefined;
}

async function canReplace(store: Store, path: string): Promise<boolean> {
  await store.replace(path, 'third');
  return (await store.read(path)) === 'third';
}

/** Folders of a local disk are made by writing a file; those that were not there before go again. */
async function madeFolders(root: string): Promise<() => Promise<void>> {
  if (/^[a-z0-9+.-]+:\/\//i.test(root)) return async () => {};
  const first = await mkdir(root, { recursive: true });
  return async () => {
    if (first === undefined) return;
    for (let folder = root; folder.length >= first.length; folder = dirname(folder)) {
      await rmdir(folder).catch(() => {}); // somebody else has put something there
    }
  };
}
