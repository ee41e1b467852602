import type { DuckDBConnection } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import { withSession } from './duckdb.ts';
import { groupsOf } from './file-groups.ts';
import { fileKey } from './file-state.ts';
import { FILE, openDataFiles } from './read-files.ts';
import type { StructField } from './schema.ts';
import type { Snapshot } from './snapshot.ts';
import { quoteIdentifier } from './sql.ts';
import { openStore } from './store/store.ts';

/** Name of the table of the values that are looked for. */
export const WANTED = 'wanted';

export interface RowCount {
  rows: number;
  /** How many of them have one of the values. */
  found: number;
}

/**
 * How many rows of each file have one of these texts in a column, by `fileKey`. Of the files only that column is
 * read, some hundred files at a time; memory is that of the values.
 */
export async function countRows(
  snapshot: Snapshot,
  files: readonly AddFile[],
  field: StructField,
  values: ReadonlySet<string>,
): Promise<Map<string, RowCount>> {
  const counts = new Map<string, RowCount>();
  if (files.length === 0) return counts;
  await withSession(undefined, async (connection) => {
    await createWanted(connection, values);
    for (const group of groupsOf(files)) {
      const found = await countGroup(connection, snapshot, group, field);
      for (const file of group) counts.set(fileKey(file), found.get(file) ?? { rows: 0, found: 0 });
    }
  });
  return counts;
}

async function countGroup(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  files: readonly AddFile[],
  field: StructField,
): Promise<Map<AddFile, RowCount>> {
  const data = await openDataFiles(openStore(snapshot.root), snapshot, files);
  try {
    const rows = data.select([field]);
    const sql =
      `SELECT r.${FILE}, count(*), count(w.value) FROM ${rows} AS r ` +
      `LEFT JOIN ${WANTED} AS w ON r.${quoteIdentifier(field.name)} = w.value GROUP BY ALL`;
    const counted = (await (await connection.run(sql)).getRows()) as [string, bigint, bigint][];
    const ofPath = new Map(data.localPaths.map((path, index) => [path, files[index]!]));
    return new Map(
      counted.map(([path, all, found]) => [ofPath.get(path)!, { rows: Number(all), found: Number(found) }]),
    );
  } finally {
    await data.release();
  }
}

/** Leaves the temporary table WANTED with the column `value`. */
export async function createWanted(connection: DuckDBConnection, values: ReadonlySet<string>): Promise<void> {
  await connection.run(`CREATE TEMP TABLE ${WANTED} (value VARCHAR)`);
  const appender = await connection.createAppender(WANTED, 'main', 'temp');
  for (const value of values) {
    appender.appendVarchar(value);
    appender.endRow();
  }
  appender.closeSync();
}
