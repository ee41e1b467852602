import { randomUUID } from 'node:crypto';
import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import type { ColumnBatch, ColumnValues } from './column-batch.ts';
import { duckdbType, sqlType } from './duckdb-type.ts';
import { SchemaMismatchError } from './errors.ts';
import { encodePath } from './file-path.ts';
import type { PartTarget } from './part-target.ts';
import type { DataType, StructField } from './schema.ts';
import { quoteIdentifier, quoteLiteral } from './sql.ts';
import { collectStats } from './stats.ts';
import { openStore } from './store/store.ts';
import { fillColumn } from './to-vector.ts';

/** States: filling -> finished | dropped. Rows wait in a temporary table of DuckDB, in the order they came. */
export interface PartFile {
  append(batch: ColumnBatch): void;
  /** About what the rows take in memory. */
  bytes(): number;
  /** Writes the file, whole and durable; undefined without rows. The temporary table is gone in every case. */
  finish(): Promise<AddFile | undefined>;
  drop(): Promise<void>;
}

export async function openPartFile(target: PartTarget, connection: DuckDBConnection): Promise<PartFile> {
  const { name, table } = await createRowTable(target, connection);
  const rows = openRows(await connection.createAppender(name, 'main', 'temp'), target);
  const drop = async () => {
    rows.close();
    await connection.run(`DROP TABLE IF EXISTS ${table}`);
  };
  return {
    append: rows.append,
    bytes: rows.bytes,
    finish: async () => {
      try {
        rows.close();
        if (rows.count() === 0) return undefined;
        return await writeFile(target, connection, table, rowSizes(rows));
      } finally {
        await drop();
      }
    },
    drop,
  };
}

/**
 * Writes a file of the rows of queries, each in its order, but for those that are unwanted: nothing of them passes through
 * JavaScript. Undefined without rows. The columns of a query are found by their names. What has no room in DuckDB's memory
 * waits in its temporary folder.
 */
export async function writeQueries(
  target: PartTarget,
  connection: DuckDBConnection,
  queries: AsyncIterable<string>,
  without?: Unwanted,
): Promise<AddFile | undefined> {
  const { table } = await createRowTable(target, connection);
  try {
    for await (const query of queries) await connection.run(`INSERT INTO ${table} BY NAME ${query}`);
    // A query that joins gives rows in any order; rows that go leave the others where they are.
    if (without !== undefined) await connection.run(deleteSql(table, without));
    const sizes = await measureRows(connection, table, target.fields);
    return sizes.rows === 0 ? undefined : await writeFile(target, connection, table, sizes);
  } finally {
    // A connection that is broken has thrown already what is to be told.
    await connection.run(`DROP TABLE ${table}`).catch(() => {});
  }
}

/** Rows that have one of the texts of a temporary table of the connection in this column. */
export interface Unwanted {
  column: string;
  /** A table with the column `value`. */
  texts: string;
}

function deleteSql(table: string, { column, texts }: Unwanted): string {
  return `DELETE FROM ${table} WHERE ${quoteIdentifier(column)} IN (SELECT value FROM temp.${quoteIdentifier(texts)})`;
}

async function createRowTable(
  { fields }: PartTarget,
  connection: DuckDBConnection,
): Promise<{ name: string; table: string }> {
  const name = `part_${randomUUID().replaceAll('-', '')}`;
  const table = `temp.${quoteIdentifier(name)}`;
  const columns = fields.map((field) => `${quoteIdentifier(field.name)} ${sqlType(field.type)}`);
  await connection.run(`CREATE TEMP TABLE ${quoteIdentifier(name)} (${columns.join(', ')})`);
  return { name, table };
}

async function writeFile(
  target: PartTarget,
  connection: DuckDBConnection,
  table: string,
  sizes: RowSizes,
): Promise<AddFile> {
  const stats = await collectStats(connection, table, target.fields);
  const staged = await openStore(target.root).stage(target.path);
  try {
    await connection.run(`COPY ${table} TO ${quoteLiteral(staged.localPath)} (${copyOptions(sizes)})`);
    const { size, modificationTime } = await staged.publish('new');
    const { partitionValues, path } = target;
    return { path: encodePath(path), partitionValues, size, modificationTime, dataChange: true, stats };
  } finally {
    await staged.discard();
  }
}

/** What rows take in memory, about: of these bytes, `floats` in lists of them. */
interface RowSizes {
  rows: number;
  bytes: number;
  floats: number;
}

function rowSizes(rows: Rows): RowSizes {
  return { rows: rows.count(), bytes: rows.bytes(), floats: rows.floatBytes() };
}

/** About as `bytesOf` counts what is appended: of a value that has no fixed width, what it takes as text. */
async function measureRows(
  connection: DuckDBConnection,
  table: string,
  fields: readonly StructField[],
): Promise<RowSizes> {
  const total = (of: readonly StructField[]) =>
    ['0', ...of.map((field) => `coalesce(sum(${widthSql(field)}), 0)`)].join(' + ');
  const others = fields.filter((field) => !isFloats(field));
  const sums = [total(others), total(fields.filter(isFloats))];
  const result = await connection.run(`SELECT count(*), ${sums.join(', ')} FROM ${table}`);
  const [rows, bytes, floats] = (await result.getRows())[0]!.map(Number) as [number, number, number];
  return { rows, bytes: bytes + floats, floats };
}

function widthSql({ name, type }: StructField): string {
  const column = quoteIdentifier(name);
  if (type === 'string') return `strlen(${column}) + 16`;
  if (type === 'binary') return `octet_length(${column}) + 16`;
  if (typeof type === 'string') return '8';
  if (type.type === 'array' && isNumeric(type.elementType)) return `len(${column}) * 8 + 16`;
  return isFloats({ type }) ? `len(${column}) * 4 + 16` : `strlen(CAST(${column} AS VARCHAR)) + 16`;
}

function isFloats({ type }: Pick<StructField, 'type'>): boolean {
  return typeof type === 'object' && type.type === 'array' && type.elementType === 'float';
}

function isNumeric(type: DataType): boolean {
  return typeof type === 'string' && ['long', 'integer', 'double'].includes(type);
}

/**
 * Text becomes half as large with zstd, at its fastest level too. Vectors hardly become smaller with anything: where
 * they are most of the file, snappy is read in two thirds of the time.
 */
function copyOptions({ rows, bytes, floats }: RowSizes): string {
  const compression = floats > bytes / 2 ? 'snappy' : 'zstd, COMPRESSION_LEVEL 1';
  return `FORMAT parquet, ROW_GROUP_SIZE ${rowGroupSize(bytes / rows)}, COMPRESSION ${compression}`;
}

const ROW_GROUP_BYTES = 16 * 1024 * 1024; // each writing thread holds one
const DUCKDB_ROWS = 122_880; // DuckDB's own default, and the most
const VECTOR_ROWS = 2048; // the most that a chunk of DuckDB holds

/** Rows of a group: whole vectors of DuckDB, and of wide rows so few that a group stays small. */
export function rowGroupSize(rowBytes: number): number {
  const vectors = Math.floor(ROW_GROUP_BYTES / Math.max(rowBytes, 1) / VECTOR_ROWS);
  return Math.min(DUCKDB_ROWS, Math.max(1, vectors) * VECTOR_ROWS);
}

const FLUSH_BYTES = 16 * 1024 * 1024; // rows of the appender are outside DuckDB's memory limit until flushed

interface Rows {
  append(batch: ColumnBatch): void;
  close(): void;
  count(): number;
  bytes(): number;
  /** Of these, what Float32Arrays took. */
  floatBytes(): number;
}

/** Copies batches into the appender through one chunk that is used again and again. */
function openRows(appender: DuckDBAppender, { fields, partitionColumns }: PartTarget): Rows {
  const chunk = DuckDBDataChunk.create(fields.map((field) => duckdbType(field.type)));
  let [count, bytes, floatBytes, unflushed, closed] = [0, 0, 0, 0, false];
  return {
    append: (batch) => {
      const columns = columnsOf(batch, fields, partitionColumns);
      for (let from = 0; from < batch.rows; from += VECTOR_ROWS) {
        const rows = { from, to: Math.min(from + VECTOR_ROWS, batch.rows), of: batch.rows };
        chunk.reset();
        chunk.rowCount = rows.to - rows.from;
        for (const [index, field] of fields.entries()) fillColumn(chunk, index, field, columns[index]!, rows);
        appender.appendDataChunk(chunk);
      }
      const size = columns.reduce((sum, values) => sum + bytesOf(values), 0);
      count += batch.rows;
      bytes += size;
      floatBytes += columns.reduce((sum, values) => sum + floatBytesOf(values), 0);
      unflushed += size;
      if (unflushed < FLUSH_BYTES) return;
      appender.flushSync();
      unflushed = 0;
    },
    close: () => {
      if (!closed) appender.closeSync();
      closed = true;
    },
    count: () => count,
    bytes: () => bytes,
    floatBytes: () => floatBytes,
  };
}

function floatBytesOf(values: ColumnValues): number {
  if (values instanceof Float32Array) return values.byteLength;
  if (ArrayBuffer.isView(values)) return 0;
  return values.reduce<number>(
    (sum, value) => sum + (value instanceof Float32Array ? value.byteLength : 0),
    0,
  );
}

function columnsOf(
  batch: ColumnBatch,
  fields: readonly StructField[],
  partitionColumns: readonly string[],
): ColumnValues[] {
  const known = new Set(fields.map((field) => field.name));
  for (const name of Object.keys(batch.columns)) {
    if (known.has(name)) continue;
    const reason = partitionColumns.includes(name)
      ? 'a partition column: its value is `partition`'
      : 'not in the schema';
    throw new SchemaMismatchError(`The batch has the column ${name}, which is ${reason}.`);
  }
  return fields.map((field) => {
    const values = batch.columns[field.name];
    if (values === undefined) throw new SchemaMismatchError(`The batch has no column ${field.name}.`);
    const packed = values instanceof Float32Array && typeof field.type === 'object';
    if (!packed && values.length !== batch.rows) {
      throw new SchemaMismatchError(
        `The column ${field.name} has ${values.length} values for ${batch.rows} rows.`,
      );
    }
    return values;
  });
}

/** About what the values take in DuckDB. */
function bytesOf(values: ColumnValues): number {
  if (ArrayBuffer.isView(values)) return values.byteLength;
  return values.reduce<number>((sum, value) => {
    if (typeof value === 'string') return sum + 16 + value.length;
    if (value === null || typeof value !== 'object') return sum + 8;
    if (ArrayBuffer.isView(value)) return sum + 16 + value.byteLength;
    return sum + 16 + 16 * Object.keys(value).length;
  }, 0);
}
