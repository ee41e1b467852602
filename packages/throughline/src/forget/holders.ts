/** Which versions of the passages hold records that are meant, and what hangs on them. */
import { DeltaError, openTable, scan } from '@throughline/delta';
import { openStore } from '@throughline/delta/store';
import { EXIT, ThroughlineError } from '../error.ts';
import { BUILD_TABLES, type Build } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import { listPins } from '../lake/pins.ts';
import { listManifests } from '../search/manifest.ts';
import { listThemesManifests } from '../theme/manifest.ts';
import { readTopicsManifest } from '../theme/topics/topics-store.ts';
import { whereIn } from './subject.ts';

/** Names of versions of what is derived. */
export interface Holders {
  indexes: Set<string>;
  themes: Set<string>;
  topics: Set<string>;
}

/** A version counts also where nobody can tell: the passages that it was made of, or its manifest, are gone. */
export async function findHolders(
  lake: Lake,
  builds: readonly Build[],
  ids: ReadonlySet<string>,
): Promise<Holders> {
  const known = new Map<string, Promise<boolean>>();
  const holds = ({ build, passagesVersion }: { build: string; passagesVersion: number }) => {
    const key = `${build} ${passagesVersion}`;
    const answer = known.get(key) ?? holdsAt(builds, build, passagesVersion, ids);
    known.set(key, answer);
    return answer;
  };
  const { sound, unreadable } = await listManifests(lake);
  const indexes = new Set(unreadable);
  for (const manifest of sound) if (await holds(manifest)) indexes.add(manifest.version);
  for (const { version, base } of sound) if (base && indexes.has(base.version)) indexes.add(version);
  const themes = new Set<string>();
  for (const manifest of await listThemesManifests(lake))
    if (await holds(manifest)) themes.add(manifest.version);
  const topics = new Set<string>();
  for (const name of await openStore(lake.root).list('topics')) {
    const manifest = await readTopicsManifest(lake, name);
    if (manifest && (await holds(manifest))) topics.add(name);
  }
  return { indexes, themes, topics };
}

async function holdsAt(
  builds: readonly Build[],
  digest: string,
  version: number,
  ids: ReadonlySet<string>,
): Promise<boolean> {
  const build = builds.find(({ info }) => info.digest === digest);
  return build === undefined || (await tableHolds(build.tables.passages.root, version, ids));
}

/** True also where the version cannot be read any more. */
async function tableHolds(root: string, version: number, ids: ReadonlySet<string>): Promise<boolean> {
  try {
    const snapshot = await openTable(root, { version });
    for await (const { rows } of scan(snapshot, { columns: ['_id'], where: [whereIn('_id', ids)] }))
      if (rows > 0) return true;
    return false;
  } catch (error) {
    if (error instanceof DeltaError && GONE.includes(error.code)) return true;
    throw error;
  }
}

const GONE = ['VERSION_NOT_FOUND', 'FILE_NOT_FOUND', 'CORRUPT_LOG'];

/** Throws with exit code 78, and names them, where pinned runs hold one of the records: nothing was removed yet. */
export async function refusePinned(
  lake: Lake,
  builds: readonly Build[],
  ids: ReadonlySet<string>,
): Promise<void> {
  const runs: string[] = [];
  for (const pin of await listPins(lake)) {
    const build = builds.find(({ info }) => info.digest === pin.build);
    const tables = BUILD_TABLES.map(
      (table) => build && ([build.tables[table].root, pin.tables[table]] as const),
    );
    for (const one of tables)
      if (one && (await tableHolds(...one, ids))) {
        runs.push(pin.run);
        break;
      }
  }
  if (runs.length === 0) return;
  throw new ThroughlineError(`pinned runs hold these records: ${runs.join(', ')}`, {
    code: 'pinned',
    exitCode: EXIT.config,
    hint: `Nothing was removed. Unpin them, then try again: ${runs.map((run) => `throughline runs unpin ${run}`).join('; ')}`,
  });
}
