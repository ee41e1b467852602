import type { AddFile, CommitInfo, RemoveFile } from './actions.ts';
import { logicalPartitions } from './column-mapping.ts';
import { type LoggedCommit, readLoggedCommit } from './commit-file.ts';
import { VersionNotFoundError } from './errors.ts';
import { fileChanges } from './file-state.ts';
import { listLog } from './log-segment.ts';
import { openTable } from './open-table.ts';
import { openStore } from './store/store.ts';

/** What one commit did to the files. */
export interface FileChange {
  version: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  operation: string;
  added: readonly AddFile[];
  removed: readonly RemoveFile[];
  /** False where rows were only arranged in other files, as `optimize` does. */
  dataChange: boolean;
  /** Whether the commit changed the schema or the table's properties. */
  metadataChange: boolean;
  /** All of `commitInfo`. */
  info: CommitInfo;
}

/**
 * What the commits after version `from`, up to `to`, added and removed, in order; one commit in memory at a time.
 * Partition values are under the names that columns have in version `to`. Throws VersionNotFoundError where the log no
 * longer has one of the commits, UnsupportedFeatureError for a table that cannot be read here.
 */
export async function* changes(root: string, from: number, to: number): AsyncGenerator<FileChange> {
  const { metadata } = await openTable(root, { version: to });
  const store = openStore(root);
  for (let version = from + 1; version <= to; version++) {
    const commit = await readLoggedCommit(store, version);
    if (commit === undefined) {
      throw new VersionNotFoundError(
        `${store.root} has no commit ${version}: its changes since version ${from} cannot be told. Read it anew.`,
      );
    }
    const change = changeOf(commit);
    yield {
      ...change,
      added: logicalPartitions(metadata, change.added),
      removed: logicalPartitions(metadata, change.removed),
    };
  }
}

/**
 * What the commit `version` did, or undefined where the log has no such commit: not yet, or no longer. One small read, for
 * who follows a table. Partition values are under the names that they have in the log.
 */
export async function readChange(root: string, version: number): Promise<FileChange | undefined> {
  const commit = await readLoggedCommit(openStore(root), version);
  return commit && changeOf(commit);
}

/** The newest version that the log has, by one listing; `after` where none is newer. */
export async function newestVersion(root: string, after: number): Promise<number> {
  const { commits, checkpoints } = await listLog(openStore(root), after + 1);
  return Math.max(after, commits.at(-1) ?? after, checkpoints.at(-1)?.version ?? after);
}

function changeOf({ version, timestamp, info, actions }: LoggedCommit): FileChange {
  const { added, removed } = fileChanges(actions);
  const files = { added: [...added.values()], removed: [...removed.values()] };
  return {
    ...{ version, timestamp, operation: info.operation ?? 'UNKNOWN', info },
    ...files,
    dataChange: [...files.added, ...files.removed].some((file) => file.dataChange),
    metadataChange: actions.some((action) => 'metaData' in action),
  };
}
