import { type LoggedCommit, readLoggedCommit } from './commit-file.ts';
import { listLog } from './log-segment.ts';
import type { Store } from './store/store.ts';

export const READS_AT_ONCE = 32;

export interface CommitTime {
  version: number;
  /** milliseconds since the epoch, larger than that of every earlier version */
  timestamp: number;
}

/** Version and time of every commit that the log still has, in order, with times made strictly increasing. */
export async function commitTimes(store: Store): Promise<CommitTime[]> {
  const times: CommitTime[] = [];
  for await (const commit of allCommits(store))
    times.push({ version: commit.version, timestamp: commit.timestamp });
  return increasing(times);
}

/**
 * Clocks of several writers disagree: a commit is never earlier than the one before it, so its time is moved to
 * a millisecond after that one's. Pure.
 */
export function increasing(times: readonly CommitTime[]): CommitTime[] {
  let last = Number.NEGATIVE_INFINITY;
  return times.map(({ version, timestamp }) => {
    last = Math.max(timestamp, last + 1);
    return { version, timestamp: last };
  });
}

/** Every commit that the log still has, in order of versions. */
async function* allCommits(store: Store): AsyncGenerator<LoggedCommit> {
  const { commits } = await listLog(store, 0);
  for (let start = 0; start < commits.length; start += READS_AT_ONCE) {
    const versions = commits.slice(start, start + READS_AT_ONCE);
    for (const commit of await Promise.all(versions.map((version) => readLoggedCommit(store, version)))) {
      if (commit !== undefined) yield commit;
    }
  }
}
