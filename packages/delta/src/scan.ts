import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import type { ColumnBatch, ColumnValues } from './column-batch.ts';
import { openSession } from './duckdb.ts';
import { SchemaMismatchError } from './errors.ts';
import { decodePath } from './file-path.ts';
import { joinColumns, readColumn } from './from-vector.ts';
import { matchesFilter, type PartitionFilter } from './partition.ts';
import { partitionLiteral } from './partition-literal.ts';
import { readFiles } from './relation.ts';
import type { StructField } from './schema.ts';
import type { Snapshot } from './snapshot.ts';
import { quoteIdentifier } from './sql.ts';
import { openStore } from './store.ts';

export interface ScanOptions {
  /** In this order; all columns of the schema unless given. */
  columns?: string[];
  /** Files of other partitions are not opened. */
  partition?: PartitionFilter;
  /** The most rows of a batch; 8,192 unless given. */
  batchRows?: number;
  /** Where to work; a new in-memory DuckDB unless given. It must not be used until the scan ends. */
  connection?: DuckDBConnection;
}

const BATCH_ROWS = 8192;

/**
 * The rows of a snapshot: files in the order of their paths, rows in the order in which they were written. A
 * batch holds rows of one file and at least one row; memory does not grow with the table.
 */
export async function* scan(snapshot: Snapshot, options: ScanOptions = {}): AsyncGenerator<ColumnBatch> {
  const fields = fieldsOf(snapshot, options.columns);
  const batchRows = options.batchRows ?? BATCH_ROWS;
  const files = snapshot.files.filter((file) => matchesFilter(file.partitionValues, options.partition));
  if (files.length === 0) return;
  const session = await openSession(options.connection);
  try {
    for (const file of files) {
      const result = await session.connection.stream(fileQuery(snapshot, file, fields));
      yield* batchesOf(result, fields, batchRows);
    }
  } finally {
    await session.close();
  }
}

function fieldsOf(snapshot: Snapshot, columns: readonly string[] | undefined): StructField[] {
  const { fields } = snapshot.metadata.schema;
  if (columns === undefined) return fields;
  return columns.map((name) => {
    const found = fields.find((field) => field.name === name);
    if (found === undefined) throw new SchemaMismatchError(`${snapshot.root} has no column ${name}.`);
    return found;
  });
}

function fileQuery(snapshot: Snapshot, file: AddFile, fields: readonly StructField[]): string {
  const { partitionColumns } = snapshot.metadata;
  const location = openStore(snapshot.root).location(decodePath(file.path));
  const inFile = fields.filter(({ name }) => !partitionColumns.includes(name));
  const columns = fields.map(({ name, type }) =>
    partitionColumns.includes(name)
      ? partitionLiteral(file.partitionValues[name] ?? null, type)
      : quoteIdentifier(name),
  );
  return `SELECT ${columns.length === 0 ? 'NULL' : columns.join(', ')} FROM ${readFiles([location], inFile)}`;
}

interface Pending {
  rows: number;
  columns: { rows: number; values: ColumnValues }[][];
}

async function* batchesOf(
  result: DuckDBResult,
  fields: readonly StructField[],
  batchRows: number,
): AsyncGenerator<ColumnBatch> {
  let pending: Pending = { rows: 0, columns: fields.map(() => []) };
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const rows = chunk.rowCount;
    if (pending.rows > 0 && pending.rows + rows > batchRows) {
      yield batchOf(pending, fields);
      pending = { rows: 0, columns: fields.map(() => []) };
    }
    pending.rows += rows;
    for (const [index, { type }] of fields.entries()) {
      pending.columns[index]!.push({ rows, values: readColumn(chunk, index, type) });
    }
    if (rows > batchRows) {
      yield* slicesOf(batchOf(pending, fields), batchRows);
      pending = { rows: 0, columns: fields.map(() => []) };
    }
  }
  if (pending.rows > 0) yield batchOf(pending, fields);
}

/** A chunk of DuckDB can be larger than the batches that were asked for. */
function* slicesOf(batch: ColumnBatch, batchRows: number): Generator<ColumnBatch> {
  for (let from = 0; from < batch.rows; from += batchRows) {
    const rows = Math.min(batchRows, batch.rows - from);
    const columns = Object.entries(batch.columns).map(([name, values]): [string, ColumnValues] => {
      const width = values.length / batch.rows; // above 1 only where a Float32Array holds lists
      return [name, values.slice(from * width, (from + rows) * width)];
    });
    yield { rows, columns: Object.fromEntries(columns) };
  }
}

function batchOf({ rows, columns }: Pending, fields: readonly StructField[]): ColumnBatch {
  return {
    rows,
    columns: Object.fromEntries(fields.map(({ name }, index) => [name, joinColumns(columns[index]!)])),
  };
}
