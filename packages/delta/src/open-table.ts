import type { Snapshot } from './snapshot.ts';

/** A version, or the last version that was committed at or before `timestamp` (ms since the epoch). */
export type TimeTravel = { version?: number } | { timestamp?: number };

export async function openTable(_root: string, _at: TimeTravel = {}): Promise<Snapshot> {
  throw new Error('in progress');
}

/** The latest snapshot; reads only the commits after the given one. */
export async function refresh(_snapshot: Snapshot): Promise<Snapshot> {
  throw new Error('in progress');
}
