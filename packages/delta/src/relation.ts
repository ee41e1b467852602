import { sqlType } from './duckdb-type.ts';
import { decodePath } from './file-path.ts';
import { matchesFilter, type PartitionFilter } from './partition.ts';
import { partitionLiteral } from './partition-literal.ts';
import type { StructField } from './schema.ts';
import type { Snapshot } from './snapshot.ts';
import { quoteIdentifier, quoteLiteral, quotePath } from './sql.ts';
import { openStore } from './store.ts';

export interface RelationOptions {
  /** Only these partitions' files are opened. */
  partition?: PartitionFilter;
}

/**
 * The rows of a snapshot as a DuckDB table expression, in brackets: `SELECT ... FROM ${relation(snapshot).sql} AS t`.
 * It has the table's columns, in its order, with its types, also when there is no file; partition columns come
 * from the log, and a column that a file does not have is null there. The order of rows is not defined.
 */
export function relation(snapshot: Snapshot, options: RelationOptions = {}): { sql: string } {
  const { partitionColumns, schema } = snapshot.metadata;
  const store = openStore(snapshot.root);
  const files = snapshot.files
    .filter((file) => matchesFilter(file.partitionValues, options.partition))
    .map((file) => ({ location: store.location(decodePath(file.path)), values: file.partitionValues }));
  const columns = schema.fields.map(({ name }) => quoteIdentifier(name));
  if (files.length === 0) return { sql: `(SELECT ${schema.fields.map(nullColumn).join(', ')} WHERE false)` };
  const dataFields = schema.fields.filter(({ name }) => !partitionColumns.includes(name));
  const read = readFiles(
    files.map((file) => file.location),
    dataFields,
  );
  if (partitionColumns.length === 0) return { sql: `(SELECT ${columns.join(', ')} FROM ${read})` };
  const partitions = partitionTable(
    files,
    schema.fields.filter(({ name }) => partitionColumns.includes(name)),
  );
  return { sql: `(SELECT ${columns.join(', ')} FROM ${read} JOIN ${partitions} USING (${FILE}))` };
}

/** The column that ties rows to their file's partition; no column of a table can have a space in its name. */
export const FILE = quoteIdentifier(' file');

/**
 * The data columns of Parquet files, and the file's name. An empty relation of all columns comes first: it
 * gives the types, and adds the columns that no file has.
 */
export function readFiles(locations: readonly string[], fields: readonly StructField[]): string {
  const types = [...fields.map(nullColumn), `CAST(NULL AS VARCHAR) AS ${FILE}`].join(', ');
  const options = `union_by_name = true, hive_partitioning = false, filename = ${quoteLiteral(' file')}`;
  const parquet = `read_parquet([${locations.map(quotePath).join(', ')}], ${options})`;
  const casts = fields.map(
    ({ name, type }) => `CAST(${quoteIdentifier(name)} AS ${sqlType(type)}) AS ${quoteIdentifier(name)}`,
  );
  const all = `(SELECT ${types} WHERE false UNION ALL BY NAME SELECT * FROM ${parquet})`;
  return `(SELECT ${[...casts, FILE].join(', ')} FROM ${all})`;
}

function nullColumn({ name, type }: StructField): string {
  return `CAST(NULL AS ${sqlType(type)}) AS ${quoteIdentifier(name)}`;
}

function partitionTable(
  files: readonly { location: string; values: Record<string, string | null> }[],
  fields: readonly StructField[],
): string {
  const rows = files.map(({ location, values }) => {
    const literals = fields.map(({ name, type }) => partitionLiteral(values[name] ?? null, type));
    return `(${[quoteLiteral(location), ...literals].join(', ')})`;
  });
  const names = [FILE, ...fields.map(({ name }) => quoteIdentifier(name))];
  return `(VALUES ${rows.join(', ')}) AS p(${names.join(', ')})`;
}
