/** Removal of versions of what is derived from the tables, which nobody goes back to. */
import { openStore, type Store } from '@throughline/delta/store';
import type { Lake } from './lake.ts';
import { pinnedVersions } from './pins.ts';

/** A version without its manifest may be in the making; after such a silence it is not. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

export interface DerivedVersions {
  /** Folders of the lake that hold a folder for each version; the manifest of a version is in the first. */
  folders: readonly [string, ...string[]];
  promoted: string | undefined;
  /** Versions that stay for rollback, the promoted one included; 3 unless told. */
  keep?: number;
  /** When a version was made (ms), which orders them; when its manifest was last written unless told. */
  madeAt?: (version: string) => Promise<number | undefined>;
  /** The version that another one needs to be whole, where it needs one: it stays as well. */
  baseOf?: (version: string) => Promise<string | undefined>;
  /** A version that stays, however old it is. */
  spared?: string | undefined;
  /** Whether a version whose manifest was last written at that time (ms) stays, beside those that are kept. */
  isAwaited?: (version: string, writtenAt: number) => boolean;
}

/**
 * Removes all complete versions but the promoted one, those of pinned runs and those made last, and incomplete ones in which nothing
 * was written for an hour. `now` in milliseconds since 1970 UTC, by the clock of the store. Gives the names of what is removed.
 */
export async function removeOldVersions(
  lake: Lake,
  versions: DerivedVersions,
  now: number,
): Promise<string[]> {
  const { folders, promoted, spared, keep = 3, madeAt } = versions;
  const { baseOf = async () => undefined, isAwaited = () => false } = versions;
  const store = openStore(lake.root);
  const pinned = await pinnedVersions(lake, folders[0]);
  const manifestOf = (version: string) => `${folders[0]}/${version}/manifest.json`;
  const complete: { name: string; at: number; writtenAt: number }[] = [];
  const unwanted: string[] = [];
  for (const name of await versionsIn(store, folders)) {
    const writtenAt = await store.modified(manifestOf(name));
    if (writtenAt !== undefined) complete.push({ name, at: (await madeAt?.(name)) ?? writtenAt, writtenAt });
    else if (name !== promoted && now - (await lastWrite(store, folders, name)) > ABANDONED_AFTER_MS)
      unwanted.push(name);
  }
  complete.sort((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1));
  const others = complete.filter(({ name }) => name !== promoted);
  const awaited = others.filter(({ name, writtenAt }) => pinned.has(name) || isAwaited(name, writtenAt));
  // What is awaited takes nobody's place.
  const ranked = others.filter((one) => !awaited.includes(one));
  ranked.sort((a, b) => Number(b.name === spared) - Number(a.name === spared));
  const places = Math.max(keep - 1, ranked[0]?.name === spared ? 1 : 0);
  const kept = [...awaited, ...ranked.slice(0, places)].map(({ name }) => name);
  const bases = await Promise.all([...kept, ...(promoted === undefined ? [] : [promoted])].map(baseOf));
  const stays = new Set([...kept, ...bases]);
  unwanted.push(...others.map(({ name }) => name).filter((name) => !stays.has(name)));
  for (const name of unwanted) {
    // Without its manifest, what is left of the version counts as incomplete.
    await store.remove(manifestOf(name));
    for (const folder of folders) await store.removeFolder(`${folder}/${name}`);
  }
  return unwanted;
}

async function versionsIn(store: Store, folders: readonly string[]): Promise<Set<string>> {
  const names = await Promise.all(folders.map((folder) => store.list(folder)));
  // With a dot begins what a process builds before it gets its name.
  return new Set(names.flat().filter((name) => !name.startsWith('.')));
}

/** In the future where there is no file: somebody may have made the folder just now. */
async function lastWrite(store: Store, folders: readonly string[], version: string): Promise<number> {
  const times: number[] = [];
  for (const folder of folders) {
    for await (const { modificationTime } of store.walk(`${folder}/${version}`)) times.push(modificationTime);
  }
  return times.length === 0 ? Number.POSITIVE_INFINITY : times.reduce((a, b) => Math.max(a, b));
}
