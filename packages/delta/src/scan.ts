import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnBatch } from './column-batch.ts';
import type { PartitionFilter } from './partition.ts';
import type { Snapshot } from './snapshot.ts';

export interface ScanOptions {
  columns?: string[];
  partition?: PartitionFilter;
  batchRows?: number;
  connection?: DuckDBConnection;
}

// biome-ignore lint/correctness/useYield: in progress
export async function* scan(_snapshot: Snapshot, _options: ScanOptions = {}): AsyncGenerator<ColumnBatch> {
  throw new Error('in progress');
}
