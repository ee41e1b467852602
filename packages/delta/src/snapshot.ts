import type { AddFile, DomainMetadata, Protocol } from './actions.ts';
import type { LazyFiles } from './file-state.ts';
import type { LastCheckpoint } from './log-segment.ts';
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
  /** The live files, sorted by path (UTF-16 code units). They are read from the log when first asked for, then kept. */
  files(): Promise<readonly AddFile[]>;
  /** The highest version that this application committed, if it ever did. */
  txn(appId: string): number | undefined;
  txns(): ReadonlyMap<string, number>;
  /** What the package itself needs of the snapshot; not for callers. */
  readonly state: SnapshotState;
}

/** What was seen of the log. */
export interface Seen {
  /**
   * Since when every commit was seen: the last listing of the log, or the table's creation. Long ago for a version that was asked for, which
   * others may have followed.
   */
  at: Moment;
  /** The newest checkpoint that is known of. Others may have written newer ones. */
  checkpoint: LastCheckpoint;
}

export const NO_CHECKPOINT: LastCheckpoint = { version: -1, actions: 0 };

/** The same snapshot, with more known of the log. */
export function withSeen(snapshot: Snapshot, seen: Partial<Seen>): Snapshot {
  const { state } = snapshot;
  return { ...snapshot, state: { ...state, seen: { ...state.seen, ...seen } } };
}

/** In milliseconds, by two clocks: one never goes back, the other also runs while the machine is suspended. */
export interface Moment {
  monotonic: number;
  wall: number;
}

/** Before everything that is remembered. */
export const LONG_AGO: Moment = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };

export function thisMoment(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

export interface SnapshotState {
  /** Files as they stand in the log, with the tombstones. */
  files: LazyFiles;
  domains: ReadonlyMap<string, DomainMetadata>;
  seen: Seen;
}
