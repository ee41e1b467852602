/** Removal of versions of the themes that nobody goes back to. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lake, readCurrent } from '../lake/lake.ts';

/** Versions that stay for rollback, the promoted one included. */
const KEPT_VERSIONS = 3;
/** A version without its manifest may be in the making; after such a silence it is not. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;
const TABLES = ['themes', 'assignments'];

/**
 * Removes all complete versions but the promoted one and those completed last, and incomplete ones in which nothing
 * was written for an hour. `now` in milliseconds since 1970 UTC, by the clock of the file system.
 */
export async function removeOldThemes(lake: Lake, now: number): Promise<void> {
  const names = new Set((await Promise.all(TABLES.map((table) => namesIn(join(lake.root, table))))).flat());
  const complete: { name: string; at: number }[] = [];
  const unwanted: string[] = [];
  for (const name of names) {
    const at = await modified(join(lake.root, 'themes', name, 'manifest.json'));
    if (at !== undefined) complete.push({ name, at });
    else if (now - (await lastWrite(lake, name)) > ABANDONED_AFTER_MS) unwanted.push(name);
  }
  complete.sort((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1));
  const { themes: promoted } = await readCurrent(lake);
  const others = complete.filter(({ name }) => name !== promoted);
  unwanted.push(...others.slice(KEPT_VERSIONS - 1).map(({ name }) => name));
  for (const name of unwanted) {
    // The manifest's table first: without it, what is left of the version counts as incomplete.
    for (const table of TABLES) await rm(join(lake.root, table, name), { recursive: true, force: true });
  }
}

async function lastWrite(lake: Lake, version: string): Promise<number> {
  let last = 0;
  for (const table of TABLES) {
    const root = join(lake.root, table, version);
    const inside = (await unlessMissing(readdir(root, { recursive: true }))) ?? [];
    for (const name of ['', ...inside]) last = Math.max(last, (await modified(join(root, name))) ?? 0);
  }
  return last;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await unlessMissing(readdir(folder))) ?? [];
}

async function modified(path: string): Promise<number | undefined> {
  return (await unlessMissing(stat(path)))?.mtimeMs;
}

/** Undefined for what is not there, or not any more. */
function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
