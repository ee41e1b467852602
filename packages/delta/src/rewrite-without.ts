import type { DuckDBConnection } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import { copyFiles } from './copy-files.ts';
import { WANTED } from './count-rows.ts';
import type { Snapshot } from './snapshot.ts';

/** The tag of a file whose rows were in the table before: only those that a change left where they were. */
const KEPT_ROWS = { 'throughline.rows': 'kept' };

/**
 * Writes the rows of a file anew, in their order, without those whose value in a column is in the table WANTED of the
 * connection. The new file is in the same partition and carries the tag KEPT_ROWS. Memory is bounded as that of `copyFiles`.
 */
export async function rewriteWithout(
  snapshot: Snapshot,
  file: AddFile,
  column: string,
  connection: DuckDBConnection,
): Promise<AddFile[]> {
  const copied = await copyFiles(snapshot, [file], connection, { column, texts: WANTED });
  return copied === undefined ? [] : [{ ...copied, tags: KEPT_ROWS }];
}
