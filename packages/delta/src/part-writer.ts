import { randomUUID } from 'node:crypto';
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
} from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import type { ColumnBatch, ColumnValues } from './column-batch.ts';
import { openSession, type Session } from './duckdb.ts';
import { duckdbType, sqlType } from './duckdb-type.ts';
import { DeltaError, SchemaMismatchError } from './errors.ts';
import { encodePath } from './file-path.ts';
import { exactPartition, type PartitionValues, partitionPath } from './partition.ts';
import type { StructField, StructType } from './schema.ts';
import { quoteIdentifier, quoteLiteral } from './sql.ts';
import { collectStats } from './stats.ts';
import { openStore } from './store.ts';
import { fillColumn } from './to-vector.ts';

export interface PartWriterOptions {
  root: string;
  /** The table's schema, partition columns included. */
  schema: StructType;
  partitionColumns: string[];
  partition: PartitionValues;
  /** A folder under the partition's, e.g. `attempt-3`. */
  directory?: string;
  /** The file's name, e.g. `part-00000.parquet`; unique unless given. */
  name?: string;
  /** Where to work; a new in-memory DuckDB (some 15 ms) unless given. It must not be used meanwhile. */
  connection?: DuckDBConnection;
}

/** States: open -> closed (the file is in place, not yet in the table) | aborted (nothing is left). */
export interface PartWriter {
  /**
   * Adds rows. The batch holds every column of the schema but the partition columns, and no other. Throws
   * SchemaMismatchError for a wrong column or value; the writer is then of no more use: abort it.
   */
  append(batch: ColumnBatch): Promise<void>;
  /**
   * Writes the file, whole and durable, and returns its action for a commit; none without rows. A file that
   * is already there is never overwritten: FileExistsError.
   */
  close(): Promise<AddFile[]>;
  /** Gives everything up. May be called at any time and more than once. */
  abort(): Promise<void>;
}

/**
 * Opens a writer of one Parquet file of one partition. Rows wait in a DuckDB table that spills to the disk, so
 * memory does not grow with them; they are written in the order in which they were appended.
 */
export async function openPartWriter(options: PartWriterOptions): Promise<PartWriter> {
  const target = targetOf(options);
  const session = await openSession(options.connection);
  try {
    return await startWriter(options, target, session);
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Writes all batches into one file of one partition; what openPartWriter, append and close do. */
export async function writeParquet(
  options: PartWriterOptions,
  batches: Iterable<ColumnBatch> | AsyncIterable<ColumnBatch>,
): Promise<AddFile[]> {
  const writer = await openPartWriter(options);
  try {
    for await (const batch of batches) await writer.append(batch);
    return await writer.close();
  } finally {
    await writer.abort();
  }
}

interface Target {
  root: string;
  path: string;
  partitionValues: PartitionValues;
  fields: StructField[];
  partitionColumns: readonly string[];
}

function targetOf(options: PartWriterOptions): Target {
  const {
    root,
    schema,
    partitionColumns,
    partition,
    directory,
    name = `part-${randomUUID()}.parquet`,
  } = options;
  const folders = [partitionPath(partitionColumns, partition), directory ?? ''].filter(
    (folder) => folder !== '',
  );
  const path = [...folders, name].join('/');
  if (path.split(/[/\\]/).some((step) => step === '..' || step === '.' || step === '')) {
    throw new DeltaError('INVALID_PATH', `${path}: directory and name must be plain names below the table.`);
  }
  const fields = schema.fields.filter((field) => !partitionColumns.includes(field.name));
  return {
    root,
    path,
    partitionValues: exactPartition(partitionColumns, partition),
    fields,
    partitionColumns,
  };
}

async function startWriter(
  _options: PartWriterOptions,
  target: Target,
  session: Session,
): Promise<PartWriter> {
  const name = `part_${randomUUID().replaceAll('-', '')}`;
  const table = `temp.${quoteIdentifier(name)}`;
  const columns = target.fields.map((field) => `${quoteIdentifier(field.name)} ${sqlType(field.type)}`);
  const { connection } = session;
  await connection.run(`CREATE TEMP TABLE ${quoteIdentifier(name)} (${columns.join(', ')})`);
  const rows = openRows(await connection.createAppender(name, 'main', 'temp'), target);
  let state: 'open' | 'finished' = 'open';

  const finish = async () => {
    if (state === 'finished') return;
    state = 'finished';
    rows.close();
    try {
      await connection.run(`DROP TABLE IF EXISTS ${table}`);
    } finally {
      await session.close();
    }
  };
  return {
    append: async (batch) => {
      if (state !== 'open') throw new DeltaError('WRITER_CLOSED', `The writer of ${target.path} is closed.`);
      rows.append(batch);
    },
    close: async () => {
      if (state !== 'open') throw new DeltaError('WRITER_CLOSED', `The writer of ${target.path} is closed.`);
      try {
        rows.close();
        return rows.count() === 0 ? [] : [await writeFile(target, connection, table, rows.rowBytes())];
      } finally {
        await finish();
      }
    },
    abort: finish,
  };
}

async function writeFile(
  target: Target,
  connection: DuckDBConnection,
  table: string,
  rowBytes: number,
): Promise<AddFile> {
  const stats = await collectStats(connection, table, target.fields);
  const staged = await openStore(target.root).stage(target.path);
  try {
    const options = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupSize(rowBytes)}`;
    await connection.run(`COPY ${table} TO ${quoteLiteral(staged.localPath)} (${options})`);
    const { size, modificationTime } = await staged.publish('new');
    const { partitionValues, path } = target;
    return { path: encodePath(path), partitionValues, size, modificationTime, dataChange: true, stats };
  } finally {
    await staged.discard();
  }
}

const ROW_GROUP_BYTES = 16 * 1024 * 1024; // each writing thread holds one
const DUCKDB_ROWS = 122_880; // DuckDB's own default, and the most

/** Rows of a group: whole vectors of DuckDB, and of wide rows so few that a group stays small. */
export function rowGroupSize(rowBytes: number): number {
  const vectors = Math.floor(ROW_GROUP_BYTES / Math.max(rowBytes, 1) / VECTOR_ROWS);
  return Math.min(DUCKDB_ROWS, Math.max(1, vectors) * VECTOR_ROWS);
}

const VECTOR_ROWS = 2048; // the most that a chunk of DuckDB holds
const FLUSH_BYTES = 16 * 1024 * 1024; // rows of the appender are outside DuckDB's memory limit until flushed

interface Rows {
  append(batch: ColumnBatch): void;
  close(): void;
  count(): number;
  rowBytes(): number;
}

/** Copies batches into the appender through one chunk that is used again and again. */
function openRows(appender: DuckDBAppender, { fields, partitionColumns }: Target): Rows {
  const types: DuckDBType[] = fields.map((field) => duckdbType(field.type));
  const chunk = DuckDBDataChunk.create(types);
  let [count, bytes, unflushed, closed] = [0, 0, 0, false];
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
      unflushed += size;
      if (unflushed >= FLUSH_BYTES) {
        appender.flushSync();
        unflushed = 0;
      }
    },
    close: () => {
      if (!closed) appender.closeSync();
      closed = true;
    },
    count: () => count,
    rowBytes: () => (count === 0 ? 0 : bytes / count),
  };
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
