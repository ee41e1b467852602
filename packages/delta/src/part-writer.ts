import type { DuckDBConnection } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import type { ColumnBatch } from './column-batch.ts';
import type { PartitionValues } from './partition.ts';
import type { StructType } from './schema.ts';

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
  connection?: DuckDBConnection;
}

/** States: open -> closed (file and its action) | aborted (nothing left). */
export interface PartWriter {
  append(batch: ColumnBatch): Promise<void>;
  close(): Promise<AddFile[]>;
  abort(): Promise<void>;
}

export async function openPartWriter(_options: PartWriterOptions): Promise<PartWriter> {
  throw new Error('in progress');
}

/** Writes all batches into one file of one partition. */
export async function writeParquet(
  _options: PartWriterOptions,
  _batches: Iterable<ColumnBatch> | AsyncIterable<ColumnBatch>,
): Promise<AddFile[]> {
  throw new Error('in progress');
}
