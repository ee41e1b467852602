import type { DuckDBConnection } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import { groupsOf } from './file-groups.ts';
import { type Unwanted, writeQueries } from './part-file.ts';
import { partTargets } from './part-target.ts';
import { openDataFiles } from './read-files.ts';
import type { Snapshot } from './snapshot.ts';
import { quoteIdentifier } from './sql.ts';
import { openStore } from './store/store.ts';

/**
 * Writes the rows of files of one partition anew as one file, in the order of files and rows, but for those that are unwanted; without
 * rows none. Memory is that of DuckDB, however large the files.
 */
export async function copyFiles(
  snapshot: Snapshot,
  files: readonly AddFile[],
  connection: DuckDBConnection,
  without?: Unwanted,
): Promise<AddFile | undefined> {
  const { root } = snapshot;
  const { schema, partitionColumns } = snapshot.metadata;
  const { partitionValues: partition } = files[0]!;
  const target = partTargets({ root, schema, partitionColumns, partition })(0);
  const columns = target.fields.map(({ name }) => quoteIdentifier(name)).join(', ');
  async function* queries() {
    for (const group of groupsOf(files)) {
      const data = await openDataFiles(openStore(root), snapshot, group);
      try {
        yield `SELECT ${columns} FROM ${data.select(target.fields)}`;
      } finally {
        await data.release();
      }
    }
  }
  return await writeQueries(target, connection, queries(), without);
}
