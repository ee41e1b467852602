import type { DuckDBConnection } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import { type CommitOptions, commit } from './commit.ts';
import { copyFiles } from './copy-files.ts';
import { withSession } from './duckdb.ts';
import { ConcurrentModificationError } from './errors.ts';
import { decodePath } from './file-path.ts';
import type { PartitionFilter } from './partition.ts';
import { checkWritable } from './protocol.ts';
import { selectedFiles } from './selected-files.ts';
import type { Snapshot } from './snapshot.ts';
import { openStore } from './store/store.ts';

export interface OptimizeOptions extends CommitOptions {
  /** Only these partitions; all unless given. */
  partition?: PartitionFilter;
  /** Files are joined until they are about so large, in bytes on disk; 128 MiB unless given. */
  targetBytes?: number;
}

export interface OptimizeResult {
  filesRemoved: number;
  filesAdded: number;
  /** Partitions left as they were, because another commit changed them in the meantime. */
  conflicts: number;
  snapshot: Snapshot;
}

const TARGET_BYTES = 128 * 1024 * 1024;

/**
 * Joins the small files of each partition, and writes files with deleted rows anew without them. The rows stay what
 * they are, in the order of a scan; commits say `dataChange: false`, so a reader of changes sees nothing. Each
 * partition is one commit: what was done before a failure stays done, and nothing is left to do a second time.
 * Memory is bounded, however large the files; the old ones stay until `vacuum`.
 */
export async function optimize(snapshot: Snapshot, options: OptimizeOptions = {}): Promise<OptimizeResult> {
  const { targetBytes = TARGET_BYTES, partition, ...committing } = options;
  checkWritable(snapshot);
  const files = await selectedFiles(snapshot, partition === undefined ? {} : { partition });
  const result: OptimizeResult = { filesRemoved: 0, filesAdded: 0, conflicts: 0, snapshot };
  for (const group of groupByPartition(files)) {
    const bins = binsOf(group, targetBytes);
    if (bins.length === 0) continue;
    const add = await rewrite(snapshot, bins);
    const change = {
      operation: 'OPTIMIZE',
      operationParameters: { predicate: [], zOrderBy: [], auto: false },
      add,
      remove: bins.flat(),
      dataChange: false,
    };
    try {
      result.snapshot = (await commit(result.snapshot, change, committing)).snapshot;
      result.filesRemoved += change.remove.length;
      result.filesAdded += add.length;
    } catch (error) {
      if (!(error instanceof ConcurrentModificationError)) throw error;
      result.conflicts++;
      for (const file of add) await openStore(snapshot.root).remove(decodePath(file.path));
    }
  }
  return result;
}

/** Files that are worth joining, in the order of their paths: several small ones, or one with deleted rows. */
export function binsOf(files: readonly AddFile[], targetBytes: number): AddFile[][] {
  const bins: AddFile[][] = [];
  let [bin, bytes]: [AddFile[], number] = [[], 0];
  const close = () => {
    if (bin.length > 1 || bin[0]?.deletionVector !== undefined) bins.push(bin);
    [bin, bytes] = [[], 0];
  };
  for (const file of files) {
    if (file.size >= targetBytes && file.deletionVector === undefined) continue;
    if (bytes + file.size > targetBytes) close();
    bin.push(file);
    bytes += file.size;
  }
  close();
  return bins;
}

function groupByPartition(files: readonly AddFile[]): AddFile[][] {
  const groups = new Map<string, AddFile[]>();
  for (const file of files) {
    const key = JSON.stringify(Object.entries(file.partitionValues).sort());
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return [...groups.values()];
}

/** One file for each bin; without rows none. */
async function rewrite(snapshot: Snapshot, bins: readonly AddFile[][]): Promise<AddFile[]> {
  const join = async (connection: DuckDBConnection) => {
    const add: AddFile[] = [];
    for (const files of bins) {
      const joined = await copyFiles(snapshot, files, connection);
      if (joined !== undefined) add.push(joined);
    }
    return add;
  };
  return await withSession(undefined, join, { oneThread: true });
}
