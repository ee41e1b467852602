import type { AddFile, RemoveFile } from './actions.ts';
import { retentionMs } from './checkpoint.ts';
import { readLoggedCommit } from './commit-file.ts';
import { deletionVectorPath } from './deletion-vector.ts';
import { DeltaError } from './errors.ts';
import { fileListsOf } from './file-lists.ts';
import { decodePath } from './file-path.ts';
import { filesOfVersion, keptVersions } from './keep-version.ts';
import { LOG } from './log-name.ts';
import { listLog } from './log-segment.ts';
import { openTable, refresh } from './open-table.ts';
import { checkWritable } from './protocol.ts';
import type { Snapshot } from './snapshot.ts';
import { openStore, type Store, type StoredFile } from './store/store.ts';

export interface VacuumOptions {
  /** `true`, unless given, only lists what would be deleted. */
  dryRun?: boolean;
  /** Files needed in this time are kept; `delta.deletedFileRetentionDuration`, else a week, unless given. */
  retentionMs?: number;
  /** Allows a retention shorter than that of the table. */
  force?: boolean;
  /** Whether a file in the table's folder is somebody else's and stays; paths are below the root. */
  spares?: (path: string) => boolean;
  /** Milliseconds since the epoch. */
  clock?: () => number;
}

export interface VacuumResult {
  /** Paths below the root, sorted. */
  files: string[];
  bytes: number;
  dryRun: boolean;
}

/**
 * Deletes the files that no version within the retention refers to: those of failed attempts, those that were
 * replaced, and temporary files of killed writers. Time travel ends there, but for versions that `keepVersion` keeps. A writer that prepares its files for
 * longer than the retention would lose them, and so would a reader of a snapshot that old: hence a retention
 * shorter than the table's is refused with DeltaError RETENTION_TOO_SHORT, unless `force` is given. A file that no commit ever
 * named may be that of a writer who is about to commit it: whatever the retention, it stays for an hour.
 */
export async function vacuum(snapshot: Snapshot, options: VacuumOptions = {}): Promise<VacuumResult> {
  const { dryRun = true, force = false, spares = () => false, clock = Date.now } = options;
  const current = await refresh(snapshot);
  checkWritable(current);
  const safe = retentionMs(current.metadata.configuration['delta.deletedFileRetentionDuration']);
  const retention = options.retentionMs ?? safe;
  if (retention < safe && !force) {
    throw new DeltaError(
      'RETENTION_TOO_SHORT',
      `A retention of ${retention} ms is shorter than the ${safe} ms of ${current.root}: readers and writers at ` +
        'work may need these files. Use `force` only when there are none.',
    );
  }
  const cutoff = clock() - retention;
  const store = openStore(current.root);
  const { live, tombstones } = await fileListsOf(current);
  const removed = retention > safe ? await removedSince(store, cutoff) : [...tombstones.values()];
  const needed = neededFiles(live, removed, cutoff);
  const named = await namedFiles(store, [...live, ...tombstones.values()]);
  const unnamedCutoff = Math.min(cutoff, clock() - UNCOMMITTED_MS);
  const seen = new Set<number>();
  const addKept = async () => {
    for (const version of await keptVersions(store)) {
      if (seen.has(version)) continue;
      seen.add(version);
      for (const path of await filesOfVersion(await openTable(store.root, { version }))) needed.add(path);
    }
  };
  await addKept();
  const found: StoredFile[] = [];
  for await (const file of store.walk('')) {
    const isTables = isOfTable(file.path, current.metadata.partitionColumns) && !spares(file.path);
    const before = named.has(file.path) ? cutoff : unnamedCutoff;
    if (isTables && !needed.has(file.path) && file.modificationTime < before) found.push(file);
  }
  // A version may have been kept while the walk took its time.
  await addKept();
  const unneeded = found.filter(({ path }) => !needed.has(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  if (!dryRun) for (const { path } of unneeded) await store.remove(path);
  return {
    files: unneeded.map(({ path }) => path),
    bytes: unneeded.reduce((sum, { size }) => sum + size, 0),
    dryRun,
  };
}

/** For so long a writer may have written a file and not committed it. */
const UNCOMMITTED_MS = 3_600_000;

/** Paths of all files that the log names. Memory: the paths. */
async function namedFiles(store: Store, known: readonly (AddFile | RemoveFile)[]): Promise<Set<string>> {
  const named = new Set(known.flatMap(pathsOf));
  for (const version of (await listLog(store, 0)).commits)
    for (const action of (await readLoggedCommit(store, version))?.actions ?? [])
      if ('add' in action) for (const path of pathsOf(action.add)) named.add(path);
  return named;
}

/**
 * What was removed since the cutoff, from the commits: checkpoints forget removed files after the table's own retention.
 */
async function removedSince(store: Store, cutoff: number): Promise<RemoveFile[]> {
  const { commits } = await listLog(store, 0);
  const removed: RemoveFile[] = [];
  for (const version of commits.toReversed()) {
    const commit = await readLoggedCommit(store, version);
    if (commit === undefined || commit.timestamp < cutoff) return removed;
    for (const action of commit.actions) if ('remove' in action) removed.push(action.remove);
  }
  if (commits[0] === 0) return removed;
  throw new DeltaError(
    'RETENTION_TOO_LONG',
    `The log of ${store.root} begins after ${new Date(cutoff).toISOString()}: what was removed since cannot be told. ` +
      'Give a shorter retention.',
  );
}

function neededFiles(live: readonly AddFile[], removed: readonly RemoveFile[], cutoff: number): Set<string> {
  const recent = removed.filter(({ deletionTimestamp = 0 }) => deletionTimestamp >= cutoff);
  return new Set([...live, ...recent].flatMap(pathsOf));
}

/** Its own, and that of its deletion vector. */
function pathsOf({ path, deletionVector }: AddFile | RemoveFile): string[] {
  const vector = deletionVector && deletionVectorPath(deletionVector);
  return [decodePath(path), ...(vector === undefined ? [] : [vector])];
}

const TEMPORARY = /(^|\/)\.[0-9a-f-]{36}\.tmp(\.jsonl)?$/;

/** What begins with `_` or `.` belongs to somebody else, but for partitions whose column is called so. */
function isOfTable(path: string, partitionColumns: readonly string[]): boolean {
  if (TEMPORARY.test(path)) return true;
  if (path.startsWith(`${LOG}/`)) return false;
  const isPartition = (step: string) => partitionColumns.some((column) => step.startsWith(`${column}=`));
  return path.split('/').every((step) => !/^[._]/.test(step) || isPartition(step));
}
