import type { Action } from './actions.ts';
import { readLoggedCommit } from './commit-file.ts';
import { VersionNotFoundError } from './errors.ts';
import { logSegment } from './log-segment.ts';
import { openStore } from './store.ts';
import { allCommits, increasing } from './timeline.ts';

export interface HistoryEntry {
  version: number;
  /** The time that time travel goes by: ms since the epoch, larger than that of every earlier version. */
  timestamp: number;
  operation: string;
  operationParameters?: Record<string, unknown>;
  operationMetrics?: Record<string, string>;
  /** The other keys of `commitInfo`. */
  info: Record<string, unknown>;
}

/** The latest commits that the log still has, newest first, at most `limit`. */
export async function history(root: string, limit = Number.POSITIVE_INFINITY): Promise<HistoryEntry[]> {
  const store = openStore(root);
  await logSegment(store); // throws when there is no table
  const entries: HistoryEntry[] = [];
  for await (const { version, timestamp, info: commitInfo } of allCommits(store)) {
    const {
      operation = 'UNKNOWN',
      operationParameters,
      operationMetrics,
      timestamp: _,
      ...info
    } = commitInfo;
    entries.push({
      version,
      timestamp,
      operation,
      ...(operationParameters ? { operationParameters } : {}),
      ...(operationMetrics ? { operationMetrics } : {}),
      info,
    });
  }
  for (const [index, { timestamp }] of increasing(entries).entries()) entries[index]!.timestamp = timestamp;
  return entries.reverse().slice(0, limit);
}

/** The actions of one commit, as they stand in the log. */
export async function readCommit(root: string, version: number): Promise<Action[]> {
  const commit = await readLoggedCommit(openStore(root), version);
  if (commit === undefined) throw new VersionNotFoundError(`The log of ${root} has no commit ${version}.`);
  return commit.actions;
}
