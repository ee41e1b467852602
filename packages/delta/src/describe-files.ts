import { stat } from 'node:fs/promises';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import { withSession } from './duckdb.ts';
import { duckdbType, sqlType } from './duckdb-type.ts';
import { FileNotFoundError, SchemaMismatchError } from './errors.ts';
import { decodePath, encodePath } from './file-path.ts';
import { exactPartition, type PartitionValues } from './partition.ts';
import type { DataType, StructField } from './schema.ts';
import type { Snapshot } from './snapshot.ts';
import { quoteIdentifier, quoteLiteral, quotePath } from './sql.ts';
import { formatStats, hasBounds } from './stats.ts';
import { openStore, type Store } from './store/store.ts';

/** A Parquet file that somebody else wrote below the table's root. */
export interface ForeignFile {
  /** Below the root, as it is on disk: not URL-encoded. */
  path: string;
  partition: PartitionValues;
  /** The file's statistics, as JSON, where they are known; taken from the file's footer unless given. */
  stats?: string;
}

/**
 * The actions that add Parquet files of another engine to the table. Each file's footer is checked against the
 * schema and gives the statistics; rows are read only to look for nulls where the footer cannot tell. Throws
 * SchemaMismatchError, which names file and column, for a column of another type, one that the table does not have
 * or keeps in its partition, or nulls where there must be none; FileNotFoundError for a file that is not there.
 * Of a file in a remote store no more than the footer is fetched, unless its rows have to be looked at.
 */
export async function describeFiles(
  snapshot: Snapshot,
  files: readonly ForeignFile[],
  options: { connection?: DuckDBConnection } = {},
): Promise<AddFile[]> {
  return await withSession(options.connection, async (connection) => {
    const actions: AddFile[] = [];
    for (const file of files) actions.push(await describe(connection, snapshot, file));
    return actions;
  });
}

async function describe(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  { path, partition, stats }: ForeignFile,
): Promise<AddFile> {
  const { schema, partitionColumns } = snapshot.metadata;
  const partitionValues = exactPartition(partitionColumns, partition);
  const fields = schema.fields.filter(({ name }) => !partitionColumns.includes(name));
  const store = openStore(snapshot.root);
  decodePath(encodePath(path));
  const modificationTime = await store.modified(path);
  if (modificationTime === undefined) throw new FileNotFoundError(`${store.root}/${path}`);
  const { localPath, release } = await store.fetchFooter(path);
  try {
    const { size } = await stat(localPath);
    const present = await checkColumns(connection, localPath, fields, path);
    await checkNulls(connection, store, localPath, fields, present, path);
    const known = stats ?? (await footerStats(connection, localPath, fields, present));
    return {
      path: encodePath(path),
      partitionValues,
      size,
      modificationTime,
      dataChange: true,
      stats: known,
    };
  } finally {
    await release();
  }
}

/** The names of the table's columns that the file has. */
async function checkColumns(
  connection: DuckDBConnection,
  localPath: string,
  fields: readonly StructField[],
  path: string,
): Promise<Set<string>> {
  const result = await connection.run(`SELECT * FROM ${parquet(localPath)} LIMIT 0`);
  const present = new Set<string>();
  for (const [index, name] of result.columnNames().entries()) {
    const field = fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      throw new SchemaMismatchError(
        `${path} has the column ${name}, which is not one of the table's data columns.`,
      );
    }
    const [found, wanted] = [result.columnType(index).toString(), duckdbType(field.type).toString()];
    if (found !== wanted) {
      const hint =
        field.type === 'timestamp' && found.startsWith('TIMESTAMP')
          ? ' In Spark, set spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS.'
          : '';
      throw new SchemaMismatchError(
        `The column ${name} of ${path} is ${found}; the table has ${wanted}.${hint}`,
      );
    }
    present.add(name);
  }
  return present;
}

/** The footer counts nulls of whatever is inside a column; only where there are some, or it does not say, rows are read. */
async function checkNulls(
  connection: DuckDBConnection,
  store: Store,
  footer: string,
  fields: readonly StructField[],
  present: ReadonlySet<string>,
  path: string,
): Promise<void> {
  const absent = fields.find(({ name, nullable }) => !nullable && !present.has(name));
  if (absent)
    throw new SchemaMismatchError(`${path} lacks the column ${absent.name}, which must not be null.`);
  for (const field of fields) {
    const broken = present.has(field.name) ? forbiddenNull(quoteIdentifier(field.name), field) : undefined;
    if (broken === undefined || !(await mayHaveNulls(connection, footer, field.name))) continue;
    if (await hasRows(connection, store, path, broken))
      throw new SchemaMismatchError(`${path} has nulls in ${field.name} where there must be none.`);
  }
}

async function hasRows(
  connection: DuckDBConnection,
  store: Store,
  path: string,
  condition: string,
): Promise<boolean> {
  const { localPath, release } = await store.fetch(path);
  try {
    const sql = `SELECT count(*) FROM ${parquet(localPath)} WHERE ${condition}`;
    const [[rows]] = (await (await connection.run(sql)).getRows()) as [[bigint]];
    return rows > 0n;
  } finally {
    await release();
  }
}

async function mayHaveNulls(connection: DuckDBConnection, localPath: string, name: string): Promise<boolean> {
  const column = `(path_in_schema = ${quoteLiteral(name)} OR starts_with(path_in_schema, ${quoteLiteral(`${name}, `)}))`;
  const sql = `SELECT count(*) FROM parquet_metadata(${quotePath(localPath)}) WHERE ${column} AND stats_null_count IS DISTINCT FROM 0`;
  const [[groups]] = (await (await connection.run(sql)).getRows()) as [[bigint]];
  return groups > 0n;
}

/** The SQL of whether a value has a null, itself or inside, that its type forbids; undefined where it forbids none. */
function forbiddenNull(
  value: string,
  { type, nullable }: Pick<StructField, 'type' | 'nullable'>,
): string | undefined {
  const conditions = [nullable ? undefined : `${value} IS NULL`, ...nullsInside(value, type)];
  const present = conditions.filter((condition) => condition !== undefined);
  return present.length === 0 ? undefined : present.map((condition) => `(${condition})`).join(' OR ');
}

function nullsInside(value: string, type: DataType): string[] {
  const anyOf = (list: string, of: Pick<StructField, 'type' | 'nullable'>) => {
    const broken = forbiddenNull('x', of);
    return broken === undefined ? [] : [`len(list_filter(${list}, lambda x: ${broken})) > 0`];
  };
  if (typeof type === 'string') return [];
  if (type.type === 'array') return anyOf(value, { type: type.elementType, nullable: type.containsNull });
  if (type.type === 'map') {
    return anyOf(`map_values(${value})`, { type: type.valueType, nullable: type.valueContainsNull });
  }
  return type.fields.flatMap((field) => {
    const broken = forbiddenNull(`struct_extract(${value}, ${quoteLiteral(field.name)})`, field);
    return broken === undefined ? [] : [`${value} IS NOT NULL AND (${broken})`];
  });
}

/** Floating-point bounds of a footer leave NaN out, so they are not true for every row: they are not taken. */
async function footerStats(
  connection: DuckDBConnection,
  localPath: string,
  fields: readonly StructField[],
  present: ReadonlySet<string>,
): Promise<string> {
  const aggregates = fields.flatMap(({ name, type }) => {
    if (!present.has(name)) return ['0::BIGINT', 'NULL', 'NULL'];
    return footerAggregates(name, type);
  });
  const file = quotePath(localPath);
  const rows = `(SELECT sum(num_rows)::BIGINT AS records FROM parquet_file_metadata(${file}))`;
  const sql = `SELECT any_value(records), ${aggregates.join(', ')} FROM ${rows} LEFT JOIN parquet_metadata(${file}) ON true`;
  const [row] = await (await connection.run(sql)).getRows();
  return formatStats(row as readonly DuckDBValue[], fields);
}

function footerAggregates(name: string, type: DataType): string[] {
  const here = `path_in_schema = ${quoteLiteral(name)}`;
  const known = (condition: string, value: string) =>
    `CASE WHEN count(*) FILTER (${here} AND ${condition}) = 0 AND count(*) FILTER (${here}) > 0 THEN ${value} END`;
  const count = known(
    'stats_null_count IS NULL',
    `any_value(records) - sum(stats_null_count) FILTER (${here})::BIGINT`,
  );
  if (!hasBounds(type) || type === 'float' || type === 'double') return [count, 'NULL', 'NULL'];
  const bound = (aggregate: string, column: string) =>
    known(
      `${column} IS NULL AND (stats_null_count IS NULL OR stats_null_count < num_values)`,
      `${aggregate}(TRY_CAST(${column} AS ${sqlType(type)})) FILTER (${here})`,
    );
  return [count, bound('min', 'stats_min_value'), bound('max', 'stats_max_value')];
}

function parquet(localPath: string): string {
  return `read_parquet(${quotePath(localPath)}, hive_partitioning = false)`;
}
