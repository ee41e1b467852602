import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Action, AddFile, CommitInfo, RemoveFile } from './actions.ts';
import { metadataAction, writeCheckpointOf } from './checkpoint.ts';
import { cleanLog } from './clean-log.ts';
import { formatActions } from './commit-file.ts';
import { checkCommit, checkConflict, inSlice } from './conflict.ts';
import { ConcurrentModificationError } from './errors.ts';
import { fileKey, settledFiles } from './file-state.ts';
import { commitPath } from './log-name.ts';
import { type LastCheckpoint, readLastCheckpoint } from './log-segment.ts';
import { mayBeStale, refresh } from './open-table.ts';
import type { PartitionValues } from './partition.ts';
import { hasInCommitTimestamps } from './protocol.ts';
import { replay, withFiles } from './replay.ts';
import { type Metadata, type Snapshot, withSeen } from './snapshot.ts';
import { numRecords } from './stats.ts';
import { openStore } from './store/store.ts';

export interface Commit {
  /** What history shows, in the words of Delta: WRITE, DELETE, ... */
  operation: string;
  operationParameters?: Record<string, unknown>;
  operationMetrics?: Record<string, string>;
  /** Further keys of `commitInfo`. */
  info?: Record<string, unknown>;
  add: AddFile[];
  /** Removes every file of that partition, or of the table, as of the version that is committed on. */
  replace?: TableSlice | undefined;
  /** Removes these files. When another commit did so first, this one is a ConcurrentModificationError. */
  remove?: readonly AddFile[];
  /** What the change was made from: when another commit changes it first, this one is a ConcurrentModificationError. */
  read?: TableSlice;
  /** `false`: the rows stay as they are, only arranged in other files. */
  dataChange?: boolean;
  /** Makes the commit happen once: a version that is not above the recorded one of `appId` is a no-op. */
  txn?: OnceOnly;
}

export interface OnceOnly {
  appId: string;
  version: number;
  /**
   * Where the work went on from: a no-op unless the recorded version of `appId` is still this one (`null`: none is
   * recorded), so that nothing is left out and nothing comes twice, whoever else committed meanwhile. The same as `version`: the
   * work does not move on, and a commit that is made once more happens once more.
   */
  after?: number | null;
  /** Others whose work this one was made from: a no-op unless the recorded version of each is still this one (`null`: none is recorded). */
  beside?: ReadonlyMap<string, number | null>;
}

/** The files of a partition (columns that it does not name may hold anything), or all. */
export type TableSlice = { partition: PartitionValues } | 'all';

/** What only this package commits: a change of the schema or of the table's properties. */
export interface Change extends Commit {
  metadata?: Metadata;
  /** `false` where the change was made from what the table holds, though it happens to add files alone. */
  blindAppend?: false;
}

export interface CommitOptions {
  /** Milliseconds since the epoch. */
  clock?: () => number;
  /** How often the race for a version may be lost; 1,000 unless given. */
  maxAttempts?: number;
  /** A checkpoint every so many versions; `delta.checkpointInterval`, else 10 and more of a large one, unless given. */
  checkpointInterval?: number;
}

/**
 * `checkpointError`: the commit is made, but the checkpoint that was due could not be written. Nothing is lost;
 * reading starts at an earlier checkpoint.
 */
export type CommitResult =
  | { committed: true; version: number; snapshot: Snapshot; checkpointError?: unknown }
  | { committed: false; reason: 'txn'; existing: number | undefined; snapshot: Snapshot };

const MAX_ATTEMPTS = 1000;

/**
 * Commits the change on top of the newest version, whole or not at all. When another writer takes the version
 * first, the commits in between are read, txn and conflicts are checked again, and the next version is tried.
 *
 * The data files must be in place before. Throws InvalidCommitError for a change that the protocol does not
 * allow, UnsupportedFeatureError for a table that must not be written here, and ConcurrentModificationError when
 * a commit in between changed the metadata or protocol, what this one `read` or is to `remove`, or (for a
 * replace without txn) the same partition. When the store fails in the middle, an error is thrown though the
 * commit may have been made: with a `txn` simply commit again.
 */
export async function commit(
  snapshot: Snapshot,
  change: Commit,
  options: CommitOptions = {},
): Promise<CommitResult> {
  return await commitChange(snapshot, change, options);
}

/** `complete` makes the change of each try, where it depends on the version that is committed on. */
export async function commitChange(
  snapshot: Snapshot,
  change: Change,
  options: CommitOptions,
  complete: (current: Snapshot) => Promise<Change> = async () => change,
): Promise<CommitResult> {
  const { clock = Date.now, maxAttempts = MAX_ATTEMPTS } = options;
  const store = openStore(snapshot.root);
  checkCommit(snapshot, change);
  let current = snapshot;
  if (mayBeStale(snapshot) || isAhead(change.txn, snapshot)) {
    current = await refresh(snapshot);
    await checkConflict(snapshot, current, change);
  }
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    if (change.txn !== undefined && !isTurnOf(change.txn, current)) {
      return { committed: false, reason: 'txn', existing: current.txn(change.txn.appId), snapshot: current };
    }
    const whole = await complete(current);
    // Later than the version below it, whatever the clock says: time travel needs an order.
    const timestamp = Math.max(Math.trunc(clock()), current.timestamp + 1);
    const actions = await actionsOf(current, whole, timestamp);
    const version = current.version + 1;
    if (await store.putIfAbsent(commitPath(version), formatActions(actions))) {
      const committed = replay(snapshot.root, current, [{ version, timestamp, actions }]);
      return { committed: true, version, ...(await checkpointIfDue(committed, options)) };
    }
    const fresh = await refreshAfterConflict(current, attempt);
    await checkConflict(snapshot, fresh, change);
    current = fresh;
  }
  throw new ConcurrentModificationError(
    `${snapshot.root}: lost the race for a version ${maxAttempts} times; other writers are too busy. Try again later.`,
  );
}

/** The versions that it was made from may have been committed since the snapshot was taken. */
function isAhead(txn: OnceOnly | undefined, snapshot: Snapshot): boolean {
  if (txn === undefined) return false;
  return [...madeFrom(txn)].some(([appId, version]) => (version ?? -1) > (snapshot.txn(appId) ?? -1));
}

function isTurnOf(txn: OnceOnly, current: Snapshot): boolean {
  const { appId, version, after } = txn;
  for (const [name, expected] of madeFrom(txn)) if ((current.txn(name) ?? null) !== expected) return false;
  return after !== undefined || version > (current.txn(appId) ?? -1);
}

/** By appId, the versions that must be the recorded ones. */
function madeFrom({ appId, after, beside }: OnceOnly): Map<string, number | null> {
  const versions = new Map(beside);
  return after === undefined ? versions : versions.set(appId, after);
}

const LONGEST_WAIT_MS = 20;

/** The winner's commit is visible as soon as ours was refused, except on a file system that lists late. */
async function refreshAfterConflict(current: Snapshot, attempt: number): Promise<Snapshot> {
  const fresh = await refresh(current);
  if (fresh.version === current.version) await sleep(Math.min(attempt, LONGEST_WAIT_MS));
  return fresh;
}

async function actionsOf(snapshot: Snapshot, change: Change, timestamp: number): Promise<Action[]> {
  const { metadata, txn, dataChange = true } = change;
  const removes = await removesOf(snapshot, change, timestamp);
  return [
    { commitInfo: commitInfoOf(snapshot, change, removes, timestamp) },
    ...(metadata === undefined ? [] : [{ metaData: metadataAction(metadata) }]),
    ...(txn === undefined
      ? []
      : [{ txn: { appId: txn.appId, version: txn.version, lastUpdated: timestamp } }]),
    ...removes.map((remove) => ({ remove })),
    ...change.add.map((add) => ({ add: { ...add, dataChange } })),
  ];
}

async function removesOf(
  snapshot: Snapshot,
  { add, replace, remove = [], dataChange = true }: Change,
  deletionTimestamp: number,
): Promise<RemoveFile[]> {
  if (replace === undefined && remove.length === 0) return [];
  const files = await snapshot.files();
  checkLive(snapshot, files, remove);
  const removed = new Set(remove.map(fileKey));
  const added = new Set(add.map(fileKey));
  return files
    .filter((file) => removed.has(fileKey(file)) || (replace !== undefined && inSlice(file, replace)))
    .filter((file) => !added.has(fileKey(file)))
    .map(({ path, partitionValues, size, tags, deletionVector }) => ({
      path,
      deletionTimestamp,
      dataChange,
      extendedFileMetadata: true,
      partitionValues,
      size,
      ...(tags === undefined ? {} : { tags }),
      ...(deletionVector === undefined ? {} : { deletionVector }),
    }));
}

function checkLive(snapshot: Snapshot, files: readonly AddFile[], remove: readonly AddFile[]): void {
  if (remove.length === 0) return;
  const live = new Set(files.map(fileKey));
  const gone = remove.find((file) => !live.has(fileKey(file)));
  if (gone === undefined) return;
  throw new ConcurrentModificationError(
    `${gone.path}, which this commit is to remove, is not in version ${snapshot.version} of ${snapshot.root}. ` +
      'Open the table again and decide anew.',
  );
}

function commitInfoOf(
  snapshot: Snapshot,
  change: Change,
  removes: readonly RemoveFile[],
  timestamp: number,
): CommitInfo {
  const { operation, operationParameters = {}, operationMetrics = {}, info = {}, replace, read } = change;
  const isBlind = removes.length === 0 && replace === undefined && read === undefined;
  return {
    ...info,
    timestamp,
    ...(hasInCommitTimestamps(snapshot) ? { inCommitTimestamp: timestamp } : {}),
    operation,
    operationParameters: asStrings(operationParameters),
    operationMetrics: { ...metricsOf(change, removes), ...operationMetrics },
    readVersion: snapshot.version,
    isolationLevel: 'Serializable',
    isBlindAppend: isBlind && change.blindAppend !== false,
    engineInfo: 'throughline-delta/0.1.0',
    txnId: randomUUID(),
  };
}

/** The counts that DESCRIBE HISTORY shows, by the names that Spark gives them. */
function metricsOf({ add }: Change, removes: readonly RemoveFile[]): Record<string, string> {
  const bytes = (files: readonly { size?: number }[]) =>
    String(files.reduce((sum, { size = 0 }) => sum + size, 0));
  const rows = add.map(numRecords);
  const known = rows.every((count) => count !== undefined);
  return {
    numFiles: String(add.length),
    numOutputBytes: bytes(add),
    ...(known ? { numOutputRows: String(rows.reduce((sum, count) => sum + count, 0)) } : {}),
    ...(removes.length > 0
      ? { numRemovedFiles: String(removes.length), numRemovedBytes: bytes(removes) }
      : {}),
  };
}

/** Delta keeps operation parameters as strings, those with structure as JSON. */
function asStrings(parameters: Record<string, unknown>): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, text(value)]));
}

const CHECKPOINTS_PER_CLEANING = 10; // cleaning lists the whole log

async function checkpointIfDue(
  snapshot: Snapshot,
  options: CommitOptions,
): Promise<{ snapshot: Snapshot; checkpointError?: unknown }> {
  const configured = Number(snapshot.metadata.configuration['delta.checkpointInterval']);
  const interval = options.checkpointInterval ?? (configured > 0 ? configured : usualInterval(snapshot));
  const { clock = Date.now } = options;
  try {
    const newest = await newestCheckpoint(snapshot, interval);
    if (newest !== undefined) return { snapshot: withSeen(snapshot, { checkpoint: newest }) };
    const { files, last } = await writeCheckpointOf(snapshot, clock);
    const kept = withFiles(withSeen(snapshot, { checkpoint: last }), settledFiles(files));
    if ((snapshot.version / interval) % CHECKPOINTS_PER_CLEANING === 0) await cleanLog(kept, { clock });
    return { snapshot: kept };
  } catch (checkpointError) {
    return { snapshot, checkpointError };
  }
}

const LEAST_INTERVAL = 10;
const MOST_INTERVAL = 80;
const ACTIONS_A_VERSION = 1_000;

/**
 * Every ten versions, as with Spark. One of many actions is every 20, 40 or 80: it takes longer to write than the commits in between take to
 * read. After a week of micro-batches there are 20,000 removed files in it, and it has a megabyte.
 */
function usualInterval({ state }: Snapshot): number {
  const { actions } = state.seen.checkpoint;
  let interval = LEAST_INTERVAL;
  while (interval < MOST_INTERVAL && actions > interval * ACTIONS_A_VERSION) interval *= 2;
  return interval;
}

/**
 * The newest checkpoint, where none is due: one is at each multiple of the interval, as with Spark, and where another writer took that version
 * without a checkpoint. Only then the log is asked for what others have written.
 */
async function newestCheckpoint(
  { root, version, state }: Snapshot,
  interval: number,
): Promise<LastCheckpoint | undefined> {
  const isRecent = (checkpoint: LastCheckpoint) => version - Math.max(0, checkpoint.version) <= interval;
  const known = state.seen.checkpoint;
  if (version > 0 && version % interval === 0) return undefined;
  if (isRecent(known)) return known;
  const newest = await readLastCheckpoint(openStore(root));
  return newest !== undefined && isRecent(newest) ? newest : undefined;
}
