import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Action, AddFile, CommitInfo, RemoveFile } from './actions.ts';
import { checkpoint } from './checkpoint.ts';
import { formatActions } from './commit-file.ts';
import { checkCommit, checkConflict } from './conflict.ts';
import { ConcurrentModificationError } from './errors.ts';
import { commitPath } from './log-name.ts';
import { refresh } from './open-table.ts';
import { inPartition, type PartitionValues } from './partition.ts';
import { replay } from './replay.ts';
import type { Snapshot } from './snapshot.ts';
import { openStore } from './store.ts';

export interface Commit {
  /** What history shows, in the words of Delta: WRITE, DELETE, ... */
  operation: string;
  operationParameters?: Record<string, unknown>;
  operationMetrics?: Record<string, string>;
  /** Further keys of `commitInfo`. */
  info?: Record<string, unknown>;
  add: AddFile[];
  /** Removes every file of that partition, or of the table, as of the version that is committed on. */
  replace?: { partition: PartitionValues } | 'all' | undefined;
  /** Makes the commit happen once: a version that is not above the recorded one of `appId` is a no-op. */
  txn?: { appId: string; version: number };
}

export interface CommitOptions {
  /** Milliseconds since the epoch. */
  clock?: () => number;
  /** How often the race for a version may be lost; 1,000 unless given. */
  maxAttempts?: number;
  /** A checkpoint every so many versions; `delta.checkpointInterval`, else 10, unless given. */
  checkpointInterval?: number;
}

/**
 * `checkpointError`: the commit is made, but the checkpoint that was due could not be written. Nothing is lost;
 * reading starts at an earlier checkpoint.
 */
export type CommitResult =
  | { committed: true; version: number; snapshot: Snapshot; checkpointError?: unknown }
  | { committed: false; reason: 'txn'; existing: number; snapshot: Snapshot };

const MAX_ATTEMPTS = 1000;

/**
 * Commits the change on top of the newest version, whole or not at all. When another writer takes the version
 * first, the commits in between are read, txn and conflicts are checked again, and the next version is tried.
 *
 * The data files must be in place before. Throws InvalidCommitError for a change that the protocol does not
 * allow, UnsupportedFeatureError for a table that must not be written here, and ConcurrentModificationError when
 * a commit in between changed the metadata or protocol, or (for a replace without txn) the same partition.
 * When the store fails in the middle, an error is thrown though the commit may have been made: with a `txn`
 * simply commit again.
 */
export async function commit(
  snapshot: Snapshot,
  change: Commit,
  options: CommitOptions = {},
): Promise<CommitResult> {
  const { clock = Date.now, maxAttempts = MAX_ATTEMPTS } = options;
  const store = openStore(snapshot.root);
  checkCommit(snapshot, change);
  let current = snapshot;
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const existing = change.txn && current.txn(change.txn.appId);
    if (change.txn !== undefined && existing !== undefined && existing >= change.txn.version) {
      return { committed: false, reason: 'txn', existing, snapshot: current };
    }
    // Later than the version below it, whatever the clock says: time travel needs an order.
    const timestamp = Math.max(Math.trunc(clock()), current.timestamp + 1);
    const actions = actionsOf(current, change, timestamp);
    const version = current.version + 1;
    if (await store.putIfAbsent(commitPath(version), formatActions(actions))) {
      const committed = replay(snapshot.root, current, [{ version, timestamp, actions }]);
      return {
        committed: true,
        version,
        snapshot: committed,
        ...(await checkpointIfDue(committed, options)),
      };
    }
    const fresh = await refreshAfterConflict(current, attempt);
    checkConflict(snapshot, fresh, change);
    current = fresh;
  }
  throw new ConcurrentModificationError(
    `${snapshot.root}: lost the race for a version ${maxAttempts} times; other writers are too busy. Try again later.`,
  );
}

const LONGEST_WAIT_MS = 20;

/** The winner's commit is visible as soon as ours was refused, except on a file system that lists late. */
async function refreshAfterConflict(current: Snapshot, attempt: number): Promise<Snapshot> {
  const fresh = await refresh(current);
  if (fresh.version === current.version) await sleep(Math.min(attempt, LONGEST_WAIT_MS));
  return fresh;
}

function actionsOf(snapshot: Snapshot, change: Commit, timestamp: number): Action[] {
  const removes = removesOf(snapshot, change, timestamp);
  return [
    { commitInfo: commitInfoOf(snapshot, change, timestamp, removes.length === 0) },
    ...(change.txn === undefined ? [] : [{ txn: { ...change.txn, lastUpdated: timestamp } }]),
    ...removes.map((remove) => ({ remove })),
    ...change.add.map((add) => ({ add })),
  ];
}

function removesOf(snapshot: Snapshot, change: Commit, deletionTimestamp: number): RemoveFile[] {
  const { replace } = change;
  if (replace === undefined) return [];
  const added = new Set(change.add.map((add) => add.path));
  return snapshot.files
    .filter((file) => replace === 'all' || inPartition(file.partitionValues, replace.partition))
    .filter((file) => !added.has(file.path))
    .map(({ path, partitionValues, size, tags }) => ({
      path,
      deletionTimestamp,
      dataChange: true,
      extendedFileMetadata: true,
      partitionValues,
      size,
      ...(tags === undefined ? {} : { tags }),
    }));
}

function commitInfoOf(snapshot: Snapshot, change: Commit, timestamp: number, blind: boolean): CommitInfo {
  const { operation, operationParameters = {}, operationMetrics = {}, info = {}, replace } = change;
  return {
    ...info,
    timestamp,
    operation,
    operationParameters: asStrings(operationParameters),
    operationMetrics,
    readVersion: snapshot.version,
    isolationLevel: 'Serializable',
    isBlindAppend: blind && replace === undefined,
    engineInfo: 'throughline-delta/0.1.0',
    txnId: randomUUID(),
  };
}

/** Delta keeps operation parameters as strings, those with structure as JSON. */
function asStrings(parameters: Record<string, unknown>): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, text(value)]));
}

const CHECKPOINT_INTERVAL = 10;

async function checkpointIfDue(
  snapshot: Snapshot,
  options: CommitOptions,
): Promise<{ checkpointError?: unknown }> {
  const configured = Number(snapshot.metadata.configuration['delta.checkpointInterval']);
  const interval = options.checkpointInterval ?? (configured > 0 ? configured : CHECKPOINT_INTERVAL);
  if (snapshot.version === 0 || snapshot.version % interval !== 0) return {};
  try {
    await checkpoint(snapshot, options.clock === undefined ? {} : { clock: options.clock });
    return {};
  } catch (checkpointError) {
    return { checkpointError };
  }
}
