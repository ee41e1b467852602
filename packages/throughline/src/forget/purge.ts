/** The end of history: what only earlier versions of the tables hold goes at once. */
import { openTable, redactLog, vacuum } from '@throughline/delta';
import { emptyFileCache, openStore } from '@throughline/delta/store';
import type { Lake } from '../lake/lake.ts';
import { isRemote, lakePath } from '../lake/lake-path.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import { lakeContent, namesOf } from './lake-content.ts';

export interface Purged {
  /** Data files that no version needs any more. */
  files: number;
  bytes: number;
  /** Commits and checkpoints that told of rows. */
  logs: number;
}

/** Later than any clock of a disk or a store says. */
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/**
 * Of all tables only what is there now stays, and what pinned runs hold. Whoever reads or writes at this moment may fail, and has to
 * try again; so does a run that was under way. What killed processes have left of indexes goes as well,
 * and with it this machine's copies of files of a remote lake.
 */
export async function purgeHistory(lake: Lake, clock: () => number): Promise<Purged> {
  const purged: Purged = { files: 0, bytes: 0, logs: 0 };
  await removeUnfinished(lake);
  for (const table of (await lakeContent(lake)).tables) {
    const snapshot = await openTable(lakePath(lake.root, ...namesOf(table)));
    const { files, bytes } = await vacuum(snapshot, {
      ...{ dryRun: false, retentionMs: 0, force: true, clock: () => END_OF_TIME },
      // That of a version of the themes is in the folder of its table.
      spares: (path) => path === 'manifest.json',
    });
    purged.files += files.length;
    purged.bytes += bytes;
    purged.logs += await redactLog(snapshot, { clock });
  }
  if (isRemote(lake.root)) await emptyFileCache();
  return purged;
}

async function removeUnfinished(lake: Lake): Promise<void> {
  const store = openStore(lake.root);
  for (const name of await store.list('indexes'))
    if (name.startsWith('.')) await store.removeFolder(`indexes/${name}`);
  // By such a clock, nothing was written to them for an hour.
  const unfinished = { promoted: undefined, isAwaited: () => true };
  for (const folders of UNFINISHED) await removeOldVersions(lake, { folders, ...unfinished }, END_OF_TIME);
}

const UNFINISHED: [string, ...string[]][] = [
  ['indexes'],
  ['themes', 'assignments', 'record_themes'],
  ['topics', 'topic_assignments'],
  ['fits'],
];
