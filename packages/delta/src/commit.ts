import type { AddFile } from './actions.ts';
import type { PartitionValues } from './partition.ts';
import type { Snapshot } from './snapshot.ts';

export interface Commit {
  operation: string;
  operationParameters?: Record<string, unknown>;
  operationMetrics?: Record<string, string>;
  /** Further keys of `commitInfo`. */
  info?: Record<string, unknown>;
  add: AddFile[];
  /** Removes every file of that partition, or of the table, as of the version that is committed on. */
  replace?: { partition: PartitionValues } | 'all' | undefined;
  txn?: { appId: string; version: number };
}

export interface CommitOptions {
  clock?: () => number;
  maxAttempts?: number;
  checkpointInterval?: number;
}

export type CommitResult =
  | { committed: true; version: number; snapshot: Snapshot; checkpointError?: unknown }
  | { committed: false; reason: 'txn'; existing: number; snapshot: Snapshot };

export async function commit(
  _snapshot: Snapshot,
  _change: Commit,
  _options: CommitOptions = {},
): Promise<CommitResult> {
  throw new Error('in progress');
}
