import type { AddFile } from './actions.ts';
import type { Commit } from './commit.ts';
import { ConcurrentModificationError, InvalidCommitError } from './errors.ts';
import { decodePath } from './file-path.ts';
import { exactPartition, inPartition, type PartitionValues } from './partition.ts';
import { checkWritable, isAppendOnly } from './protocol.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Throws unless the change may be committed to this table at all: InvalidCommitError for a wrong change,
 * UnsupportedFeatureError for a table whose promises cannot be kept here.
 */
export function checkCommit(snapshot: Snapshot, change: Commit): void {
  checkWritable(snapshot);
  const { partitionColumns } = snapshot.metadata;
  if (change.replace !== undefined && isAppendOnly(snapshot.metadata)) {
    throw new InvalidCommitError(
      `${snapshot.root} is append-only (delta.appendOnly=true): nothing in it can be replaced.`,
    );
  }
  const replaced = typeof change.replace === 'object' ? change.replace.partition : undefined;
  if (replaced !== undefined) checkReplacedPartition(partitionColumns, replaced);
  checkTxn(change);
  const paths = new Set<string>();
  for (const add of change.add) {
    checkAdd(partitionColumns, add, replaced);
    if (paths.has(add.path)) throw new InvalidCommitError(`${add.path} is added twice in one commit.`);
    paths.add(add.path);
  }
}

/** Throws ConcurrentModificationError when what was committed since `base` makes the change meaningless. */
export function checkConflict(base: Snapshot, fresh: Snapshot, change: Commit): void {
  if (
    JSON.stringify(base.metadata) !== JSON.stringify(fresh.metadata) ||
    JSON.stringify(base.protocol) !== JSON.stringify(fresh.protocol)
  ) {
    throw new ConcurrentModificationError(
      `The schema, settings or protocol of ${base.root} changed between version ${base.version} and ${fresh.version}.`,
    );
  }
  const { replace, txn } = change;
  // With a txn the caller says which attempt wins; what is there now is what a replace must replace.
  if (replace === undefined || txn !== undefined) return;
  const touches = (file: AddFile) =>
    replace === 'all' || inPartition(file.partitionValues, replace.partition);
  const changed = difference(base.files, fresh.files).find(touches);
  if (changed !== undefined) {
    throw new ConcurrentModificationError(
      `${changed.path} of ${base.root} was added or removed between version ${base.version} and ${fresh.version}, ` +
        'in what this commit replaces. Open the table again and decide anew.',
    );
  }
}

function checkReplacedPartition(partitionColumns: readonly string[], partition: PartitionValues): void {
  const columns = Object.keys(partition);
  if (columns.length === 0)
    throw new InvalidCommitError("A replaced partition needs a value; use 'all' for the whole table.");
  exactPartition(
    partitionColumns.filter((column) => columns.includes(column)),
    partition,
  );
}

function checkTxn({ txn }: Commit): void {
  if (txn === undefined) return;
  if (!Number.isSafeInteger(txn.version) || txn.version < 0) {
    throw new InvalidCommitError(`The txn version ${txn.version} is not an integer from 0 to 2^53 - 1.`);
  }
  if (txn.appId === '' || !txn.appId.isWellFormed())
    throw new InvalidCommitError('The txn has no well-formed appId.');
}

function checkAdd(
  partitionColumns: readonly string[],
  add: AddFile,
  replaced: PartitionValues | undefined,
): void {
  decodePath(add.path);
  const values = exactPartition(partitionColumns, add.partitionValues);
  if (replaced !== undefined && !inPartition(values, replaced)) {
    throw new InvalidCommitError(`${add.path} is not in the partition that the commit replaces.`);
  }
}

/** Files that are in one of two sorted lists alone. */
function difference(before: readonly AddFile[], after: readonly AddFile[]): AddFile[] {
  const [old, fresh] = [new Set(before.map((file) => file.path)), new Set(after.map((file) => file.path))];
  return [...before.filter((file) => !fresh.has(file.path)), ...after.filter((file) => !old.has(file.path))];
}
