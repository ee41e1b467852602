import type { DuckDBConnection } from '@duckdb/node-api';
import { checkpointFiles, readCheckpointHead } from './checkpoint-file.ts';
import { type LoggedCommit, readLoggedCommit } from './commit-file.ts';
import { openSession } from './duckdb.ts';
import { CorruptLogError, VersionNotFoundError } from './errors.ts';
import { lazyFiles } from './file-state.ts';
import { commitPath } from './log-name.ts';
import {
  type CheckpointFiles,
  type LogSegment,
  listLog,
  logSegment,
  readLastCheckpoint,
} from './log-segment.ts';
import { replay, type Step } from './replay.ts';
import { LONG_AGO, type Moment, NO_CHECKPOINT, type Snapshot, thisMoment } from './snapshot.ts';
import { openStore, type Store } from './store/store.ts';
import { commitTimes, READS_AT_ONCE } from './timeline.ts';

/** A version, or the last version that was committed at or before `timestamp` (ms since the epoch). */
export type TimeTravel = { version?: number } | { timestamp?: number };

/**
 * The snapshot of the latest version, or of the one asked for. Reads the newest usable checkpoint and the
 * commits after it. Throws TableNotFoundError without a table, VersionNotFoundError for a version that is not
 * there (or no longer), CorruptLogError rather than ever return a snapshot with a commit missing in between.
 */
export async function openTable(root: string, at: TimeTravel = {}): Promise<Snapshot> {
  const store = openStore(root);
  const version = await versionOf(store, at);
  // A version that was asked for may have been followed by others long ago.
  const readAt = version === undefined ? thisMoment() : LONG_AGO;
  const hint = version === undefined ? await readLastCheckpoint(store) : undefined;
  if (hint === undefined) return await readSegment(store, await logSegment(store, { version }), { readAt });
  // A checkpoint will be read: DuckDB takes its time to start, and may do so while the log is listed.
  const session = openSession();
  session.catch(() => {}); // its error is thrown where it is awaited
  try {
    const segment = await logSegment(store, { hint: hint.version });
    const reading = { actions: hint.actions, readAt, connection: (await session).connection };
    return await readSegment(store, segment, reading);
  } finally {
    await (await session).close();
  }
}

/**
 * The latest snapshot; reads only the commits after the given one. The log, which may be of many commits, is listed only where that was not done for so
 * long that the commits after the snapshot may be gone.
 */
export async function refresh(snapshot: Snapshot): Promise<Snapshot> {
  const store = openStore(snapshot.root);
  if (mayBeStale(snapshot)) return await refreshByListing(store, snapshot);
  return replay(snapshot.root, snapshot, await commitsAfter(store, snapshot.version));
}

async function refreshByListing(store: Store, snapshot: Snapshot): Promise<Snapshot> {
  const at = thisMoment();
  const { commits, checkpoints } = await listLog(store, snapshot.version + 1);
  const newest = checkpoints.at(-1)?.version ?? -1;
  const latest = Math.max(commits.at(-1) ?? -1, newest);
  const known = snapshot.state.seen.checkpoint;
  const seen = { at, checkpoint: { ...known, version: Math.max(known.version, newest) } };
  // The commits right after ours may have been cleaned away behind a newer checkpoint.
  if (commits[0] !== snapshot.version + 1 && checkpoints.length > 0) return await openTable(snapshot.root);
  return replay(snapshot.root, snapshot, await readCommits(store, snapshot.version + 1, latest), seen);
}

const STALE_MS = 10 * 60_000;

/**
 * Whether the commits after the snapshot may have been cleaned away. Then a missing next version does not mean
 * that there is none: a commit to it would be acknowledged and lost. Logs are kept for an hour at the least.
 */
export function mayBeStale(snapshot: Snapshot): boolean {
  const [now, then] = [thisMoment(), snapshot.state.seen.at];
  const wall = now.wall - then.wall;
  return now.monotonic - then.monotonic > STALE_MS || wall > STALE_MS || wall < 0;
}

async function versionOf(store: Store, at: TimeTravel): Promise<number | undefined> {
  if ('version' in at && at.version !== undefined) return at.version;
  if (!('timestamp' in at) || at.timestamp === undefined) return undefined;
  const { timestamp } = at;
  const times = await commitTimes(store);
  const found = times.findLast((time) => time.timestamp <= timestamp);
  if (found !== undefined) return found.version;
  const first = times[0] ? ` Its earliest commit is of ${new Date(times[0].timestamp).toISOString()}.` : '';
  throw new VersionNotFoundError(
    `${store.root} had no version at ${new Date(timestamp).toISOString()}.${first}`,
  );
}

interface Reading {
  readAt: Moment;
  /** How many the last checkpoint was said to hold; a newer one is about as large. */
  actions?: number;
  connection?: DuckDBConnection;
}

/** A checkpoint that cannot be read, such as one that a crash cut short, stands for nothing: an older one will do. */
async function readSegment(store: Store, segment: LogSegment, reading: Reading): Promise<Snapshot> {
  const { checkpoint, from, version } = segment;
  const { actions = 0, readAt, connection } = reading;
  if (checkpoint === undefined) {
    return replay(store.root, undefined, await readCommits(store, from, version), {
      at: readAt,
      checkpoint: NO_CHECKPOINT,
    });
  }
  const { paths } = checkpoint;
  const commits = readCommits(store, from, version);
  commits.catch(() => {}); // read meanwhile; its error is thrown where it is awaited
  let head: Step;
  try {
    head = await readCheckpointStep(store, checkpoint, connection);
  } catch (error) {
    if (!(error instanceof CorruptLogError)) throw error;
    const older = await logSegment(store, { version, below: checkpoint.version }).catch(() => undefined);
    if (older === undefined) throw error;
    return await readSegment(store, older, reading);
  }
  const files = lazyFiles(checkpointFiles(store, paths));
  const seen = { at: readAt, checkpoint: { version: checkpoint.version, actions } };
  return replay(store.root, files, [head, ...(await commits)], seen);
}

/** The commit of a checkpoint's version, where it still is, says when that version was made. */
async function readCheckpointStep(
  store: Store,
  { version, paths }: CheckpointFiles,
  connection?: DuckDBConnection,
): Promise<Step> {
  const [actions, commit] = await Promise.all([
    readCheckpointHead(store, paths, connection),
    readLoggedCommit(store, version),
  ]);
  const timestamp = commit?.timestamp ?? (await store.modified(paths[0]!)) ?? 0;
  return { version, timestamp, actions };
}

/** The commits that come right after a version, up to the first that is not there: mostly none, so that is asked for alone. */
async function commitsAfter(store: Store, version: number): Promise<LoggedCommit[]> {
  const commits: LoggedCommit[] = [];
  for (let atOnce = 1; ; atOnce = Math.min(2 * atOnce, READS_AT_ONCE)) {
    const from = version + commits.length + 1;
    const read = await Promise.all(
      Array.from({ length: atOnce }, (_, index) => readLoggedCommit(store, from + index)),
    );
    for (const commit of read) {
      if (commit === undefined) return commits;
      commits.push(commit);
    }
  }
}

/** All commits from `from` to `to`. One that is missing is an error: a later one was seen, so it must be there. */
async function readCommits(store: Store, from: number, to: number): Promise<LoggedCommit[]> {
  const commits: LoggedCommit[] = [];
  for (let start = from; start <= to; start += READS_AT_ONCE) {
    const versions = Array.from(
      { length: Math.min(READS_AT_ONCE, to - start + 1) },
      (_, index) => start + index,
    );
    commits.push(...(await Promise.all(versions.map((version) => readExisting(store, version, to)))));
  }
  return commits;
}

async function readExisting(store: Store, version: number, latest: number): Promise<LoggedCommit> {
  const commit = await readLoggedCommit(store, version);
  if (commit !== undefined) return commit;
  throw new CorruptLogError(
    `${store.root}/${commitPath(version)} is missing, though the log goes on to version ${latest}. Restore the file.`,
  );
}
