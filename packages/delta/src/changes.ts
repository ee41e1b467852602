import type { AddFile, RemoveFile } from './actions.ts';
import { readLoggedCommit } from './commit-file.ts';
import { VersionNotFoundError } from './errors.ts';
import { openStore } from './store/store.ts';

/** What one commit did to the files. */
export interface FileChange {
  version: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  operation: string;
  added: AddFile[];
  removed: RemoveFile[];
  /** False where rows were only arranged in other files, as `optimize` does. */
  dataChange: boolean;
}

/**
 * What the commits after version `from`, up to `to`, added and removed, in order; one commit in memory at a time.
 * Throws VersionNotFoundError where the log no longer has one of them.
 */
export async function* changes(root: string, from: number, to: number): AsyncGenerator<FileChange> {
  const store = openStore(root);
  for (let version = from + 1; version <= to; version++) {
    const commit = await readLoggedCommit(store, version);
    if (commit === undefined) {
      throw new VersionNotFoundError(
        `${store.root} has no commit ${version}: its changes since version ${from} cannot be told. Read it anew.`,
      );
    }
    const added = commit.actions.flatMap((action) => ('add' in action ? [action.add] : []));
    const removed = commit.actions.flatMap((action) => ('remove' in action ? [action.remove] : []));
    const { timestamp, info } = commit;
    const dataChange = [...added, ...removed].some((file) => file.dataChange);
    yield { version, timestamp, operation: info.operation ?? 'UNKNOWN', added, removed, dataChange };
  }
}
