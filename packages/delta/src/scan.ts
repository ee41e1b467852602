import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import type { ColumnBatch, ColumnValue, ColumnValues } from './column-batch.ts';
import { type Condition, conditionSql, fieldOf } from './condition.ts';
import { openSession } from './duckdb.ts';
import { groupsOf } from './file-groups.ts';
import { joinColumns, readColumn } from './from-vector.ts';
import { partitionLiteral } from './literal.ts';
import { type DataFiles, FILE, openDataFiles } from './read-files.ts';
import type { StructField } from './schema.ts';
import { type FileSelection, selectedFiles } from './selected-files.ts';
import type { Snapshot } from './snapshot.ts';
import { quoteIdentifier, quoteLiteral } from './sql.ts';
import { openStore } from './store/store.ts';

export interface ScanOptions extends FileSelection {
  /** In this order; all columns of the schema unless given. */
  columns?: string[];
  /** The most rows of a batch; 8,192 unless given. */
  batchRows?: number;
  /** Where to work; an in-memory DuckDB that nobody else has unless given. It must not be used until the scan ends. */
  connection?: DuckDBConnection;
}

const BATCH_ROWS = 8192;

/**
 * The rows of a snapshot: files in the order of their paths, rows in the order in which they were written. A
 * batch holds at least one row, and may hold rows of several small files; memory does not grow with the table. In a
 * session of your own, times of old Spark (INT96) are right where its `TimeZone` is UTC.
 */
export async function* scan(snapshot: Snapshot, options: ScanOptions = {}): AsyncGenerator<ColumnBatch> {
  const fields = fieldsOf(snapshot, options.columns);
  const where = options.where ?? [];
  conditionSql(where, snapshot.metadata.schema.fields); // a wrong condition is an error also where there is no file
  const files = await selectedFiles(snapshot, options);
  if (files.length === 0) return;
  const session = await openSession(options.connection);
  try {
    for (const group of groupsOf(files)) {
      const data = await openDataFiles(openStore(snapshot.root), snapshot, group);
      try {
        const source = { snapshot, files: group, data, fields, where };
        yield* scanFiles(session.connection, source, options.batchRows ?? BATCH_ROWS);
      } finally {
        await data.release();
      }
    }
  } finally {
    await session.close();
  }
}

function fieldsOf(snapshot: Snapshot, columns: readonly string[] | undefined): StructField[] {
  const { fields } = snapshot.metadata.schema;
  return columns === undefined ? fields : columns.map((name) => fieldOf(name, fields));
}

interface Source {
  snapshot: Snapshot;
  files: readonly AddFile[];
  data: DataFiles;
  fields: readonly StructField[];
  where: readonly Condition[];
}

async function* scanFiles(
  connection: DuckDBConnection,
  source: Source,
  batchRows: number,
): AsyncGenerator<ColumnBatch> {
  const { fields, files, data } = source;
  const { partitionColumns } = source.snapshot.metadata;
  const [fromLog, fromFile] = [[], []] as [StructField[], StructField[]];
  for (const field of fields) (partitionColumns.includes(field.name) ? fromLog : fromFile).push(field);
  const partitions = await readPartitions(connection, files, fromLog);
  const indexes = new Map(data.localPaths.map((path, index) => [path, index]));
  const selected = [
    ...fromFile.map(({ name }) => quoteIdentifier(name)),
    fromLog.length === 0 ? 'NULL' : FILE,
  ];
  const sql = `SELECT ${selected.join(', ')} FROM ${rowsOf(source, fromFile)}`;
  yield* batchesOf(await connection.stream(sql), batchRows, (chunk) => {
    const columns = new Map(fromFile.map(({ name, type }, index) => [name, readColumn(chunk, index, type)]));
    if (fromLog.length > 0) {
      const names = readColumn(chunk, fromFile.length, 'string') as string[];
      const rows = names.map((name) => indexes.get(name)!);
      for (const { name } of fromLog)
        columns.set(
          name,
          rows.map((row) => partitions.get(name)![row]!),
        );
    }
    return fields.map(({ name }): [string, ColumnValues] => [name, columns.get(name)!]);
  });
}

/**
 * The rows to read. A partition column that is compared stands for its file's value by a CASE over the files: a
 * join would not keep the order of rows.
 */
function rowsOf({ snapshot, files, data, where }: Source, fromFile: readonly StructField[]): string {
  if (where.length === 0) return data.select(fromFile);
  const { partitionColumns, schema } = snapshot.metadata;
  const compared = schema.fields.filter(({ name }) => where.some(({ column }) => column === name));
  const isPartition = ({ name }: StructField) => partitionColumns.includes(name);
  const stored = compared.filter((field) => !isPartition(field) && !fromFile.includes(field));
  const values = compared.filter(isPartition).map(({ name, type }) => {
    const cases = files.map(
      (file, index) =>
        `WHEN ${quoteLiteral(data.localPaths[index]!)} THEN ${partitionLiteral(file.partitionValues[name] ?? null, type)}`,
    );
    return `, CASE ${FILE} ${cases.join(' ')} END AS ${quoteIdentifier(name)}`;
  });
  const rows = data.select([...fromFile, ...stored]);
  return `(SELECT * FROM (SELECT *${values.join('')} FROM ${rows}) WHERE ${conditionSql(where, schema.fields)})`;
}

/** The value of each partition column in each file, in the type of the column. */
async function readPartitions(
  connection: DuckDBConnection,
  files: readonly AddFile[],
  fields: readonly StructField[],
): Promise<Map<string, ColumnValue[]>> {
  const columns = new Map(fields.map(({ name }) => [name, [] as ColumnValue[]]));
  if (fields.length === 0) return columns;
  const rows = files.map(({ partitionValues }) => {
    const literals = fields.map(({ name, type }) => partitionLiteral(partitionValues[name] ?? null, type));
    return `(${literals.join(', ')})`;
  });
  for await (const chunk of await connection.stream(`VALUES ${rows.join(', ')}`)) {
    for (const [index, { name, type }] of fields.entries()) {
      columns.get(name)!.push(...(readColumn(chunk, index, type) as ColumnValue[]));
    }
  }
  return columns;
}

type Columns = [name: string, values: ColumnValues][];

async function* batchesOf(
  result: DuckDBResult,
  batchRows: number,
  read: (chunk: DuckDBDataChunk) => Columns,
): AsyncGenerator<ColumnBatch> {
  let [pending, rows]: [{ rows: number; columns: Columns }[], number] = [[], 0];
  for await (const chunk of result) {
    if (rows > 0 && rows + chunk.rowCount > batchRows) {
      yield* slicesOf(batchOf(pending, rows), batchRows);
      [pending, rows] = [[], 0];
    }
    pending.push({ rows: chunk.rowCount, columns: read(chunk) });
    rows += chunk.rowCount;
  }
  if (rows > 0) yield* slicesOf(batchOf(pending, rows), batchRows);
}

function batchOf(parts: readonly { rows: number; columns: Columns }[], rows: number): ColumnBatch {
  const columns = parts[0]!.columns.map(([name], index): [string, ColumnValues] => [
    name,
    joinColumns(parts.map((part) => ({ rows: part.rows, values: part.columns[index]![1] }))),
  ]);
  return { rows, columns: Object.fromEntries(columns) };
}

/** A chunk of DuckDB can be larger than the batches that were asked for. */
function* slicesOf(batch: ColumnBatch, batchRows: number): Generator<ColumnBatch> {
  if (batch.rows <= batchRows) {
    yield batch;
    return;
  }
  for (let from = 0; from < batch.rows; from += batchRows) {
    const rows = Math.min(batchRows, batch.rows - from);
    const columns = Object.entries(batch.columns).map(([name, values]): [string, ColumnValues] => {
      const width = values.length / batch.rows; // above 1 only where a Float32Array holds lists
      return [name, values.slice(from * width, (from + rows) * width)];
    });
    yield { rows, columns: Object.fromEntries(columns) };
  }
}
