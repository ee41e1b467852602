import type { PartitionFilter } from './partition.ts';
import type { Snapshot } from './snapshot.ts';

export interface RelationOptions {
  partition?: PartitionFilter;
}

/** A DuckDB table expression, in brackets: use it as `SELECT ... FROM ${relation(snapshot).sql} AS t`. */
export function relation(_snapshot: Snapshot, _options: RelationOptions = {}): { sql: string } {
  throw new Error('in progress');
}
