/** Keeps the number of files small that micro-batches leave. */
import { optimize, type Snapshot } from '@throughline/delta';
import { BUILD_TABLES, type Build } from '../lake/build.ts';

export interface Compactor {
  /**
   * Joins files of chunks in which micro-batches have left many, and, once, all files of a chunk whose window is past. Commits
   * nothing that a reader would see. What another process changes meanwhile is left to the next time.
   */
  compact(build: Build): Promise<void>;
}

/** A chunk is joined when it has so many small files; one whose window is past has late rows alone to wait for. */
const MANY_FILES = { open: 32, past: 4 };
/** Of an open chunk files of this size are left alone: each row is written a few times, and not with every joining. */
const OPEN_BYTES = 8 * 1024 * 1024;

export function openCompactor(isPast: (chunk: string) => boolean, clock: () => number): Compactor {
  /** Chunks that were joined since their window is past. */
  const sealed = new Set<string>();
  return {
    async compact(build) {
      const sealing = new Set<string>();
      for (const table of BUILD_TABLES) {
        let snapshot: Snapshot = build.tables[table];
        for (const [chunk, files] of await smallFiles(snapshot)) {
          const past = isPast(chunk);
          const many = past && !sealed.has(chunk) ? 2 : MANY_FILES[past ? 'past' : 'open'];
          if (past) sealing.add(chunk);
          if (files < many) continue;
          const options = { partition: { _chunk: chunk }, clock };
          const done = await optimize(snapshot, past ? options : { ...options, targetBytes: OPEN_BYTES });
          snapshot = done.snapshot;
          if (done.conflicts > 0) sealing.delete(chunk);
        }
        build.tables[table] = snapshot;
      }
      for (const chunk of sealing) sealed.add(chunk);
    },
  };
}

/** Number of small files by chunk; by the table's log. */
async function smallFiles(table: Snapshot): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { partitionValues, size } of await table.files()) {
    const chunk = partitionValues._chunk ?? '';
    if (size < OPEN_BYTES) counts.set(chunk, (counts.get(chunk) ?? 0) + 1);
  }
  return counts;
}
