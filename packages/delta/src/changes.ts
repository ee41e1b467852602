import type { AddFile, RemoveFile } from './actions.ts';
import { logicalPartitions } from './column-mapping.ts';
import { readLoggedCommit } from './commit-file.ts';
import { VersionNotFoundError } from './errors.ts';
import { fileChanges } from './file-state.ts';
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
    const { added, removed } = fileChanges(commit.actions);
    const { timestamp, info } = commit;
    const change = {
      added: logicalPartitions(metadata, [...added.values()]),
      removed: logicalPartitions(metadata, [...removed.values()]),
    };
    const dataChange = [...change.added, ...change.removed].some((file) => file.dataChange);
    yield { version, timestamp, operation: info.operation ?? 'UNKNOWN', ...change, dataChange };
  }
}
