import type { AddFile } from './actions.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Change, TableSlice } from './commit.ts';
import { ConcurrentModificationError, InvalidCommitError } from './errors.ts';
import { decodePath } from './file-path.ts';
import { fileKey } from './file-state.ts';
import { exactPartition, inPartition, type PartitionValues } from './partition.ts';
import { checkWritable, isAppendOnly } from './protocol.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Throws unless the change may be committed to this table at all: InvalidCommitError for a wrong change,
 * UnsupportedFeatureError for a table whose promises cannot be kept here.
 */
export function checkCommit(snapshot: Snapshot, change: Change): void {
  checkWritable(snapshot);
  if (change.metadata !== undefined) checkWritable({ ...snapshot, metadata: change.metadata });
  const { partitionColumns } = snapshot.metadata;
  const { replace, remove = [], read, dataChange = true } = change;
  const removes = replace !== undefined || remove.length > 0;
  if (removes && dataChange) checkMayRemove(snapshot);
  const replaced = typeof replace === 'object' ? replace.partition : undefined;
  if (replaced !== undefined) checkSlice(partitionColumns, replaced);
  if (typeof read === 'object') checkSlice(partitionColumns, read.partition);
  checkTxn(change);
  const paths = new Set<string>();
  for (const add of change.add) {
    checkAdd(partitionColumns, add, replaced);
    if (paths.has(add.path)) throw new InvalidCommitError(`${add.path} is added twice in one commit.`);
    paths.add(add.path);
  }
}

/** Throws InvalidCommitError for a table that takes appends alone. */
export function checkMayRemove({ root, metadata }: Snapshot): void {
  if (!isAppendOnly(metadata)) return;
  throw new InvalidCommitError(
    `${root} is append-only (delta.appendOnly=true): nothing in it can be replaced.`,
  );
}

/** Throws ConcurrentModificationError when what was committed since `base` makes the change meaningless. */
export async function checkConflict(base: Snapshot, fresh: Snapshot, change: Change): Promise<void> {
  if (fresh.version === base.version) return;
  if (
    canonicalJson(base.metadata) !== canonicalJson(fresh.metadata) ||
    canonicalJson(base.protocol) !== canonicalJson(fresh.protocol)
  ) {
    throw new ConcurrentModificationError(
      `The schema, settings or protocol of ${base.root} changed between version ${base.version} and ${fresh.version}.`,
    );
  }
  const { replace, read, txn } = change;
  // With a txn the caller says which attempt wins; what is there now is what a replace must replace.
  const slices = [read, txn === undefined ? replace : undefined].filter((slice) => slice !== undefined);
  if (slices.length === 0) return;
  const touches = (file: AddFile) => slices.some((slice) => inSlice(file, slice));
  const changed = difference(await base.files(), await fresh.files()).find(touches);
  if (changed !== undefined) {
    throw new ConcurrentModificationError(
      `${changed.path} of ${base.root} was added or removed between version ${base.version} and ${fresh.version}, ` +
        'in what this commit replaces or was made from. Open the table again and decide anew.',
    );
  }
}

export function inSlice(file: AddFile, slice: TableSlice): boolean {
  return slice === 'all' || inPartition(file.partitionValues, slice.partition);
}

function checkSlice(partitionColumns: readonly string[], partition: PartitionValues): void {
  const columns = Object.keys(partition);
  if (columns.length === 0)
    throw new InvalidCommitError("A partition needs a value; use 'all' for the whole table.");
  exactPartition(
    partitionColumns.filter((column) => columns.includes(column)),
    partition,
  );
}

function checkTxn({ txn }: Change): void {
  if (txn === undefined) return;
  const { appId, version, after = null, beside = [] } = txn;
  if (!isVersion(version)) {
    throw new InvalidCommitError(`The txn version ${version} is not an integer from 0 to 2^53 - 1.`);
  }
  if (after !== null && !(isVersion(after) && after <= version)) {
    throw new InvalidCommitError(
      `The txn goes on after ${after}, which is no version up to its own, ${version}.`,
    );
  }
  if (!isAppId(appId)) throw new InvalidCommitError('The txn has no well-formed appId.');
  for (const [other, recorded] of beside) {
    if (!isAppId(other) || other === appId)
      throw new InvalidCommitError(
        `The txn was made from "${other}", which is no well-formed appId of another.`,
      );
    if (recorded !== null && !isVersion(recorded))
      throw new InvalidCommitError(
        `The txn was made from version ${recorded} of ${other}, which is no version.`,
      );
  }
}

function isVersion(version: number): boolean {
  return Number.isSafeInteger(version) && version >= 0;
}

function isAppId(appId: string): boolean {
  return appId !== '' && appId.isWellFormed();
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

/** Files that are in one of two lists alone. */
function difference(before: readonly AddFile[], after: readonly AddFile[]): AddFile[] {
  const [old, fresh] = [new Set(before.map(fileKey)), new Set(after.map(fileKey))];
  return [
    ...before.filter((file) => !fresh.has(fileKey(file))),
    ...after.filter((file) => !old.has(fileKey(file))),
  ];
}
