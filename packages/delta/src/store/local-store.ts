import { randomUUID } from 'node:crypto';
import {
  link as linkOnDisk,
  mkdir,
  open,
  opendir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileExistsError, FileNotFoundError, UnsupportedStoreError } from '../errors.ts';
import type { StagedFile, Store, StoredFile } from './store.ts';

/**
 * A table on a local disk. A file is written under a temporary name that readers ignore, forced to the disk,
 * and only then given its name; the folder is forced to the disk as well, so that what was acknowledged
 * survives a power cut. `link` gives the name where two writers may race: it fails when the name is taken.
 */
export function localStore(rootOrUrl: string, link: Link = linkOnDisk): Store {
  const root = rootOrUrl.startsWith('file:') ? fileURLToPath(rootOrUrl) : resolve(rootOrUrl);
  const location = (path: string) => join(root, path);
  return {
    root,
    list: (folder, from) => listNames(location(folder), from),
    read: (path) => ifThere(readFile(location(path), 'utf8')),
    modified: async (path) => {
      const found = await ifThere(stat(location(path)));
      return found === undefined ? undefined : Math.trunc(found.mtimeMs);
    },
    putIfAbsent: async (path, text) => {
      const temporary = await writeTemporary(location(path), text);
      return await linkAndSync(temporary, location(path), link);
    },
    replace: async (path, text) => {
      const temporary = await writeTemporary(location(path), text);
      await renameAndSync(temporary, location(path));
    },
    remove: (path) => rm(location(path), { force: true }),
    removeFolder: (folder) => rm(location(folder), { recursive: true, force: true }),
    walk: (folder) => walkFiles(root, folder),
    fetch: async (path) => ({ localPath: await existing(location(path)), release: async () => {} }),
    fetchFooter: async (path) => ({ localPath: await existing(location(path)), release: async () => {} }),
    stage: async (path) => await stageFile(location(path), link),
  };
}

/** What the file system does; tests put one in its place that has no hard links. */
type Link = typeof linkOnDisk;

async function listNames(folder: string, from = ''): Promise<string[]> {
  const names = (await ifThere(readdir(folder))) ?? [];
  return names.filter((name) => name >= from).sort();
}

async function* walkFiles(root: string, folder: string): AsyncGenerator<StoredFile> {
  const entries = await ifThere(opendir(join(root, folder)));
  if (entries === undefined) return;
  for await (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* walkFiles(root, path);
    if (!entry.isFile()) continue;
    const found = await ifThere(stat(join(root, path)));
    if (found) yield { path, size: found.size, modificationTime: Math.trunc(found.mtimeMs) };
  }
}

async function existing(path: string): Promise<string> {
  if ((await ifThere(stat(path))) === undefined) throw new FileNotFoundError(path);
  return path;
}

async function writeTemporary(target: string, text: string): Promise<string> {
  await makeDurableFolder(dirname(target));
  const temporary = temporaryName(target);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return temporary;
}

/** Names with a leading dot are not part of a table, and no name of the log begins with one. */
function temporaryName(target: string): string {
  return join(dirname(target), `.${randomUUID()}.tmp`);
}

async function linkAndSync(temporary: string, target: string, link: Link): Promise<boolean> {
  try {
    await link(temporary, target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Over NFS the answer to a link that was made can get lost: then the retry says EEXIST, but the file
    // that we wrote has two names.
    const lost = code === 'EEXIST' && (await stat(temporary)).nlink === 1;
    if (lost) return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS') {
      throw new UnsupportedStoreError(
        `${dirname(target)} is on a file system without hard links (${code}), on which a commit cannot be made ` +
          'safe against another writer: put the table on another disk.',
        { cause: error },
      );
    }
    if (code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(target));
  return true;
}

async function renameAndSync(temporary: string, target: string): Promise<void> {
  try {
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

async function stageFile(target: string, link: Link): Promise<StagedFile> {
  await makeDurableFolder(dirname(target));
  const localPath = temporaryName(target);
  return {
    localPath,
    publish: async (mode) => {
      await syncFile(localPath);
      const { size, mtimeMs } = await stat(localPath);
      if (mode === 'replace') await renameAndSync(localPath, target);
      else if (!(await linkAndSync(localPath, target, link))) throw new FileExistsError(target);
      return { size, modificationTime: Math.trunc(mtimeMs) };
    },
    discard: () => rm(localPath, { force: true }),
  };
}

/** A new folder survives a power cut only when its name in the folder above does. */
async function makeDurableFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Windows cannot open a folder; its file systems keep names in their journal. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
