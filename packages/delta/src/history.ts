import type { Action } from './actions.ts';
import { type LoggedCommit, readLoggedCommit } from './commit-file.ts';
import { TableNotFoundError, VersionNotFoundError } from './errors.ts';
import { listLog } from './log-segment.ts';
import { openStore } from './store/store.ts';
import { increasing, READS_AT_ONCE } from './timeline.ts';

export interface HistoryEntry {
  version: number;
  /** Milliseconds since the epoch, larger than that of every earlier version in the list. */
  timestamp: number;
  operation: string;
  operationParameters?: Record<string, unknown>;
  operationMetrics?: Record<string, string>;
  /** The other keys of `commitInfo`. */
  info: Record<string, unknown>;
}

/** The latest commits that the log still has, newest first, at most `limit`; only those are read. */
export async function history(root: string, limit = Number.POSITIVE_INFINITY): Promise<HistoryEntry[]> {
  const store = openStore(root);
  const { commits, checkpoints } = await listLog(store, 0);
  if (commits.length + checkpoints.length === 0) throw new TableNotFoundError(store.root);
  const wanted = limit < commits.length ? commits.slice(commits.length - Math.max(0, limit)) : commits;
  const read: LoggedCommit[] = [];
  for (let start = 0; start < wanted.length; start += READS_AT_ONCE) {
    const versions = wanted.slice(start, start + READS_AT_ONCE);
    const found = await Promise.all(versions.map((version) => readLoggedCommit(store, version)));
    read.push(
      ...found.filter((commit) => commit !== undefined).map((commit) => ({ ...commit, actions: [] })),
    );
  }
  const times = increasing(read);
  return read.map(({ info }, index) => entryOf(times[index]!, info)).reverse();
}

function entryOf(
  { version, timestamp }: { version: number; timestamp: number },
  {
    operation = 'UNKNOWN',
    operationParameters,
    operationMetrics,
    timestamp: _,
    ...info
  }: LoggedCommit['info'],
): HistoryEntry {
  return {
    version,
    timestamp,
    operation,
    ...(operationParameters ? { operationParameters } : {}),
    ...(operationMetrics ? { operationMetrics } : {}),
    info,
  };
}

/** The actions of one commit, as they stand in the log. */
export async function readCommit(root: string, version: number): Promise<Action[]> {
  const commit = await readLoggedCommit(openStore(root), version);
  if (commit === undefined) throw new VersionNotFoundError(`${root} has no commit of version ${version}.`);
  return commit.actions;
}
