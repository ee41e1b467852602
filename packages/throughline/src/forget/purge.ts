/** The end of history: what only earlier versions of the tables hold goes at once. */
import { openTable, redactLog, vacuum } from '@throughline/delta';
import { emptyFileCache, openStore } from '@throughline/delta/store';
import { leasePath } from '../chunk/lease.ts';
import { isAlive, thisProcess } from '../chunk/owner.ts';
import { EXIT, ThroughlineError } from '../error.ts';
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
 * Of all tables only what is there now stays, and what pinned runs hold, and for an hour files that nobody has committed. Whoever
 * reads at this moment may fail, and has to try again. What killed processes have left of indexes goes as well,
 * and with it this machine's copies of files of a remote lake.
 */
export async function purgeHistory(lake: Lake, clock: () => number): Promise<Purged> {
  const purged: Purged = { files: 0, bytes: 0, logs: 0 };
  await removeUnfinished(lake);
  for (const table of (await lakeContent(lake)).tables) {
    const snapshot = await openTable(lakePath(lake.root, ...namesOf(table)));
    const { files, bytes } = await vacuum(snapshot, {
      // Whatever the clock of a disk or a store says.
      ...{ dryRun: false, retentionMs: Number.NEGATIVE_INFINITY, force: true, clock },
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

/**
 * Throws with exit code 75, and says which, where a process may be at work on the lake: one whose heart has beaten within the lease (ms), by
 * the clock of the store. It may have read what is about to go, and written what it has not committed.
 */
export async function refuseAtWork(lake: Lake, leaseMs: number, clock: () => number): Promise<void> {
  const store = openStore(lake.root);
  const own = leasePath(thisProcess());
  for await (const { path, modificationTime } of store.walk('leases')) {
    if (path === own || clock() - modificationTime > leaseMs) continue;
    // The second line of a heartbeat says whose it is.
    const owner = (await store.read(path))?.split('\n')[1] || undefined;
    if (owner !== undefined && isAlive(owner) === false) continue;
    const [host, , , pid] = owner?.split('/') ?? [];
    const who = owner === undefined ? '' : `process ${pid} on ${host}, `;
    throw new ThroughlineError(`a run is at work on the lake: ${who}${path}`, {
      code: 'at_work',
      exitCode: EXIT.tryAgain,
      hint: `Earlier versions were not removed. End it, or wait for it; then the same again. One that was killed counts for ${Math.ceil(leaseMs / 1000)} s.`,
    });
  }
}
