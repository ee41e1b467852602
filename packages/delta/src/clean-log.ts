import { retentionMs } from './checkpoint.ts';
import { keptVersions } from './keep-version.ts';
import { commitPath, LOG, parseLogName, versionPrefix } from './log-name.ts';
import { listLog } from './log-segment.ts';
import { checkWritable } from './protocol.ts';
import type { Snapshot } from './snapshot.ts';
import { openStore, type Store } from './store/store.ts';

const DAY_MS = 86_400_000;
const DEFAULT_RETENTION_MS = 30 * DAY_MS;
const LEAST_RETENTION_MS = 3_600_000;

export interface CleanLogOptions {
  /** Milliseconds since the epoch. */
  clock?: () => number;
  /** `delta.logRetentionDuration`, else 30 days, unless given; an hour at the least. */
  retentionMs?: number;
}

/**
 * Deletes the commits and checkpoints that no version within the retention needs ("Metadata Cleanup"): time travel
 * ends at the newest checkpoint that is older, but for versions that are kept. What the table holds now, its txns included, stays as it is. Does
 * nothing where `delta.enableExpiredLogCleanup` is false, or where there are v2 checkpoints, whose further files
 * the engine that wrote them cleans up. Resolves to the names of the files that were deleted.
 */
export async function cleanLog(snapshot: Snapshot, options: CleanLogOptions = {}): Promise<string[]> {
  checkWritable(snapshot);
  const { configuration } = snapshot.metadata;
  if (configuration['delta.enableExpiredLogCleanup']?.toLowerCase() === 'false') return [];
  const retention =
    options.retentionMs ?? retentionMs(configuration['delta.logRetentionDuration'], DEFAULT_RETENTION_MS);
  const cutoff = (options.clock ?? Date.now)() - Math.max(retention, LEAST_RETENTION_MS);
  const store = openStore(snapshot.root);
  const oldest = await oldestNeeded(store, cutoff);
  if (oldest === undefined) return [];
  const kept = new Set(await keptVersions(store));
  const isKept = (name: string) => {
    const parsed = parseLogName(name);
    return parsed !== undefined && parsed.kind !== 'commit' && kept.has(parsed.version);
  };
  const names = (await store.list(LOG)).filter(
    (name) => name < versionPrefix(oldest) && /^\d{20}\./.test(name) && !isKept(name),
  );
  if (names.some((name) => parseLogName(name)?.kind === 'uuid-checkpoint')) return [];
  // Checkpoints first, then commits from the oldest: what is left at any moment can be read.
  const isCommit = (name: string) => parseLogName(name)?.kind === 'commit';
  const deleted = [...names.filter((name) => !isCommit(name)), ...names.filter(isCommit)];
  for (const name of deleted) await store.remove(`${LOG}/${name}`);
  return deleted;
}

/** The newest checkpoint whose version is older than the cutoff: every younger version can be read from it. */
async function oldestNeeded(store: Store, cutoff: number): Promise<number | undefined> {
  let oldest: number | undefined;
  for (const { version, paths } of (await listLog(store, 0)).checkpoints) {
    const at = (await store.modified(commitPath(version))) ?? (await store.modified(paths[0]!));
    if (at === undefined || at > cutoff) break;
    oldest = version;
  }
  return oldest;
}
