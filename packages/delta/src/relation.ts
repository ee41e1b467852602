import type { AddFile } from './actions.ts';
import { conditionSql } from './condition.ts';
import { partitionLiteral } from './literal.ts';
import { FILE, nullColumn, openDataFiles } from './read-files.ts';
import type { StructField } from './schema.ts';
import { type FileSelection, selectedFiles } from './selected-files.ts';
import type { Snapshot } from './snapshot.ts';
import { quoteIdentifier, quoteLiteral } from './sql.ts';
import { openStore } from './store/store.ts';

/** Rows as SQL. The files that it names are there until it is closed, by `close` or the end of `await using`. */
export interface Relation extends AsyncDisposable {
  sql: string;
  close(): Promise<void>;
}

/**
 * The rows of a snapshot as a DuckDB table expression, in brackets: `SELECT ... FROM ${sql} AS t`. It has the
 * table's columns, in its order, with its types, also when there is no file; partition columns come from the
 * log, and a column that a file does not have is null there. The order of rows is not defined. Files of a remote
 * store are all on the local disk until `close`.
 */
export async function relation(snapshot: Snapshot, options: FileSelection = {}): Promise<Relation> {
  const { partitionColumns, schema } = snapshot.metadata;
  const { where = [] } = options;
  const condition = where.length === 0 ? '' : ` WHERE ${conditionSql(where, schema.fields)}`;
  const files = await selectedFiles(snapshot, options);
  if (files.length === 0) {
    return relationOf(`(SELECT ${schema.fields.map(nullColumn).join(', ')} WHERE false)`, async () => {});
  }
  const columns = schema.fields.map(({ name }) => quoteIdentifier(name)).join(', ');
  const isPartition = ({ name }: StructField) => partitionColumns.includes(name);
  const data = await openDataFiles(openStore(snapshot.root), snapshot, files);
  const read = data.select(schema.fields.filter((field) => !isPartition(field)));
  const partitions = partitionTable(data.localPaths, files, schema.fields.filter(isPartition));
  const source = partitionColumns.length === 0 ? read : `${read} JOIN ${partitions} USING (${FILE})`;
  return relationOf(`(SELECT ${columns} FROM ${source}${condition})`, data.release);
}

function relationOf(sql: string, close: () => Promise<void>): Relation {
  return { sql, close, [Symbol.asyncDispose]: close };
}

function partitionTable(
  localPaths: readonly string[],
  files: readonly AddFile[],
  fields: readonly StructField[],
): string {
  const rows = files.map(({ partitionValues }, index) => {
    const literals = fields.map(({ name, type }) => partitionLiteral(partitionValues[name] ?? null, type));
    return `(${[quoteLiteral(localPaths[index]!), ...literals].join(', ')})`;
  });
  const names = [FILE, ...fields.map(({ name }) => quoteIdentifier(name))];
  return `(VALUES ${rows.join(', ')}) AS p(${names.join(', ')})`;
}
