import type { AddFile, Protocol, RemoveFile } from './actions.ts';
import type { StructType } from './schema.ts';

export interface Metadata {
  id: string;
  name?: string;
  description?: string;
  schema: StructType;
  partitionColumns: string[];
  configuration: Record<string, string>;
  createdTime?: number;
}

/** The state of a table at one version. It never changes: a later version is another snapshot. */
export interface Snapshot {
  root: string;
  version: number;
  /** The time of the commit that made this version, in milliseconds since the epoch. */
  timestamp: number;
  protocol: Protocol;
  metadata: Metadata;
  /** The live files, sorted by path (UTF-16 code units). */
  files: readonly AddFile[];
  /** Removed files that are still known; checkpoints keep them for the retention. */
  tombstones: ReadonlyMap<string, RemoveFile>;
  /** The highest version that this application committed, if it ever did. */
  txn(appId: string): number | undefined;
  txns(): ReadonlyMap<string, number>;
}
