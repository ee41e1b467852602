import { type Change, type Commit, type CommitOptions, type CommitResult, commitChange } from './commit.ts';
import { fieldOf } from './condition.ts';
import { checkCommit, checkMayRemove } from './conflict.ts';
import { ConcurrentModificationError, SchemaMismatchError } from './errors.ts';
import { openRewrites, type Rewrites, type Without } from './rewrites.ts';
import type { Snapshot } from './snapshot.ts';

export interface Merge extends Omit<Commit, 'operation' | 'replace' | 'remove' | 'read' | 'dataChange'> {
  /** What history shows; MERGE unless given. */
  operation?: string;
  /** Rows go whose value in this column, a text, is one of these, whatever partition they are in. */
  without: Without;
}

export interface MergeOptions extends CommitOptions {
  /** How many files are written anew at a time; 3 unless given. Each takes the memory of a part writer. */
  filesAtOnce?: number;
}

export type MergeResult = CommitResult & {
  /** How many rows went; none where nothing was committed. */
  removedRows: number;
};

/**
 * Removes rows by the value of a column and adds files, in one commit. Files that hold such rows are written anew without
 * them (tag `throughline.rows`: `kept`), or only removed where no row is left; there are no deletion vectors, so the
 * protocol stays what it is. The rows of `add` stay, whatever their values.
 *
 * When another writer takes the version first, only files that are new are searched, only what is needed is written
 * anew once more, and txn is checked again: what the other one added is searched too, so the last one to commit wins row
 * by row. Files of a try that was lost are deleted. Errors are those of `commit`, and SchemaMismatchError for a
 * column that is no text or a partition column.
 */
export async function merge(
  snapshot: Snapshot,
  change: Merge,
  options: MergeOptions = {},
): Promise<MergeResult> {
  const { without, ...rest } = change;
  const { filesAtOnce = FILES_AT_ONCE, ...committing } = options;
  const base: Change = { operation: 'MERGE', ...rest, blindAppend: false };
  checkCommit(snapshot, base);
  if (without.values.size > 0) checkMayRemove(snapshot);
  checkColumn(snapshot, without.column);
  const rewrites = openRewrites(without, filesAtOnce);
  try {
    const result = await commitChange(snapshot, base, committing, (current) =>
      completed(current, base, rewrites),
    );
    await rewrites.discard(result.committed ? 'unused' : 'all');
    return { ...result, removedRows: result.committed ? rewrites.plan().rowsRemoved : 0 };
  } catch (error) {
    // After another error the commit may have been made: then the files are the table's.
    if (error instanceof ConcurrentModificationError) await rewrites.discard('all');
    throw error;
  }
}

const FILES_AT_ONCE = 3;

async function completed(current: Snapshot, base: Change, rewrites: Rewrites): Promise<Change> {
  await rewrites.follow(current);
  const { remove, add, rowsRemoved, rowsKept } = rewrites.plan();
  const metrics = {
    numTargetRowsDeleted: String(rowsRemoved),
    numTargetRowsCopied: String(rowsKept),
    ...base.operationMetrics,
  };
  return { ...base, add: [...add, ...base.add], remove, operationMetrics: metrics };
}

function checkColumn({ root, metadata }: Snapshot, column: string): void {
  const { type } = fieldOf(column, metadata.schema.fields);
  if (type === 'string' && !metadata.partitionColumns.includes(column)) return;
  throw new SchemaMismatchError(
    `Rows of ${root} cannot be chosen by ${column}: it must be a column of texts in the data files.`,
  );
}
