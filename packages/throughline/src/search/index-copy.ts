/** Copies of a remote lake's indexes on this machine, shared by all processes of the user. */
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { FileNotFoundError } from '@throughline/delta';
import { openStore } from '@throughline/delta/store';
import { digestOf } from '../lake/canonical.ts';
import { LakeDamagedError } from '../lake/errors.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { makeOwnedFolder } from '../owned-folder.ts';
import { forEach } from './for-each.ts';
import { isSound, seal } from './index-files.ts';
import { type IndexContent, indexRoot } from './manifest.ts';

/** Of each lake those that were used last. */
const KEPT_COPIES = 6;
const DOWNLOADS_AT_ONCE = 4;

/** Where the copies of a lake's indexes are; another user of this machine has others. */
export function copiesFolder(lake: Lake, env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'throughline', 'indexes', digestOf([lake.root, lake.pipeline.id]));
}

/**
 * The folder of a copy of the version's collection. It is fetched unless there is one, gets its name when its sizes and
 * digests are those of the manifest, and is fetched anew where they no longer are: half of it, or what a disk has
 * damaged, is never opened. Throws LakeDamagedError where the lake itself does not have what its manifest says.
 */
export async function copyOfIndex(lake: Lake, version: string, content: IndexContent): Promise<string> {
  const copy = copyPath(lake, version, content);
  if (!(await isSound(copy, content.files))) {
    const fetching = await makeOwnedFolder(copiesFolder(lake), '.fetching-');
    try {
      await fetchFiles(lake, version, content, fetching);
      await keepCopy(lake, version, content, fetching);
    } finally {
      await rm(fetching, { recursive: true, force: true });
    }
  }
  const now = new Date();
  await utimes(copy, now, now);
  return copy;
}

/** Makes a folder in `copiesFolder` that holds the version's files the copy that is opened, unless there is a sound one. */
export async function keepCopy(
  lake: Lake,
  version: string,
  content: IndexContent,
  folder: string,
): Promise<void> {
  const copy = copyPath(lake, version, content);
  await seal(folder, content.files);
  await moveUnlessTaken(folder, copy);
  if (!(await isSound(copy, content.files))) {
    const damaged = await makeOwnedFolder(copiesFolder(lake), '.damaged-');
    await rename(copy, join(damaged, 'copy')).catch(() => {}); // another process was faster
    await moveUnlessTaken(folder, copy);
    await rm(damaged, { recursive: true, force: true });
  }
  await removeOldCopies(dirname(copy));
}

/** Whoever has opened it goes on. */
export async function removeCopy(lake: Lake, version: string, content: IndexContent): Promise<void> {
  await rm(copyPath(lake, version, content), { recursive: true, force: true });
}

function copyPath(lake: Lake, version: string, content: IndexContent): string {
  return join(copiesFolder(lake), digestOf([version, content]));
}

async function moveUnlessTaken(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

async function fetchFiles(
  lake: Lake,
  version: string,
  { folder, files }: IndexContent,
  target: string,
): Promise<void> {
  const store = openStore(lakePath(indexRoot(lake, version), folder));
  await forEach(files, DOWNLOADS_AT_ONCE, async ({ path }) => {
    if (leaves(path)) throw damaged(version, store.root);
    const to = join(target, path);
    await mkdir(dirname(to), { recursive: true });
    const fetched = await store.fetch(path).catch((error) => {
      throw error instanceof FileNotFoundError ? damaged(version, store.root, error) : error;
    });
    try {
      await copyFile(fetched.localPath, to, constants.COPYFILE_FICLONE);
    } finally {
      await fetched.release();
    }
    await syncFile(to);
  });
  if (!(await isSound(target, files))) throw damaged(version, store.root);
}

/** A manifest must not be able to name other files of this machine. */
function leaves(path: string): boolean {
  return isAbsolute(path) || path.split(/[/\\]/).includes('..');
}

function damaged(version: string, root: string, cause?: unknown): LakeDamagedError {
  return new LakeDamagedError(`the index ${version} is not what its manifest says: ${root}`, cause);
}

/** A power cut must not leave a file of the right size without its bytes. */
async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function removeOldCopies(folder: string): Promise<void> {
  const copies: { path: string; usedAt: number }[] = [];
  for (const name of await readdir(folder)) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined); // another process may have just removed it
    if (found) copies.push({ path, usedAt: found.mtimeMs });
  }
  copies.sort((a, b) => b.usedAt - a.usedAt);
  for (const { path } of copies.slice(KEPT_COPIES)) await rm(path, { recursive: true, force: true });
}
