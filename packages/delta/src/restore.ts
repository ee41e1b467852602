import type { AddFile } from './actions.ts';
import { canonicalJson } from './canonical-json.ts';
import { type CommitOptions, type CommitResult, commitChange } from './commit.ts';
import { deletionVectorPath } from './deletion-vector.ts';
import { FileNotFoundError } from './errors.ts';
import { decodePath } from './file-path.ts';
import { fileKey } from './file-state.ts';
import { openTable, refresh, type TimeTravel } from './open-table.ts';
import type { Snapshot } from './snapshot.ts';
import { openStore } from './store/store.ts';

/**
 * Makes the table what it was at an earlier version or time, as a new version: nothing of the history is lost, and
 * each `txn` keeps its version, so what was committed once is not committed again. Schema and properties come back
 * too. Throws FileNotFoundError where files of that version were vacuumed, VersionNotFoundError where its log is gone,
 * ConcurrentModificationError when another commit comes first.
 */
export async function restore(
  snapshot: Snapshot,
  at: TimeTravel,
  options: CommitOptions = {},
): Promise<CommitResult> {
  const current = await refresh(snapshot);
  const target = await openTable(current.root, at);
  const [now, then] = [await current.state.files.live(), await target.state.files.live()];
  const add = missingIn(now, then);
  await checkThere(current.root, add);
  const isSame = canonicalJson(current.metadata) === canonicalJson(target.metadata);
  return await commitChange(
    current,
    {
      operation: 'RESTORE',
      operationParameters: { version: String(target.version), timestamp: null },
      add,
      remove: missingIn(then, now),
      read: 'all',
      ...(isSame ? {} : { metadata: target.metadata }),
    },
    options,
  );
}

/** The files of `files` that are not in `present`. */
function missingIn(present: readonly AddFile[], files: readonly AddFile[]): AddFile[] {
  const keys = new Set(present.map(fileKey));
  return files.filter((file) => !keys.has(fileKey(file)));
}

async function checkThere(root: string, files: readonly AddFile[]): Promise<void> {
  const store = openStore(root);
  for (const file of files) {
    const vector = file.deletionVector && deletionVectorPath(file.deletionVector);
    for (const path of [decodePath(file.path), ...(vector === undefined ? [] : [vector])]) {
      if ((await store.modified(path)) === undefined) throw new FileNotFoundError(`${store.root}/${path}`);
    }
  }
}
