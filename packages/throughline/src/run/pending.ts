/** Which chunks are due, and which are as they were. Pure. */
import type { ChunkState } from '../chunk/ledger.ts';
import type { StagedChunk } from '../engine/local/stage.ts';

export interface Selection {
  /** Local dates, half-open; whole chunks. */
  from?: string | undefined;
  to?: string | undefined;
  chunks?: readonly string[] | undefined;
  /** Runs chunks again that have not changed. */
  force?: boolean | undefined;
}

export interface Due {
  due: StagedChunk[];
  unchanged: StagedChunk[];
  /** Chunks that hold rows in the tables and are no longer in the source: kept, and named. */
  vanished: string[];
}

export interface Known {
  states: ReadonlyMap<string, ChunkState>;
  /** The highest attempt that any table has committed; 0 if none. */
  committed: (chunk: string) => number;
}

export function dueChunks(staged: readonly StagedChunk[], selection: Selection, known: Known): Due {
  const present = new Set(staged.map((chunk) => chunk.id));
  const gone = [...known.states].flatMap(([id, { done }]) =>
    !present.has(id) && done && holdsRows(done) ? [id] : [],
  );
  // A chunk that is named and no longer in the source runs with no rows: that empties it.
  const emptied = gone
    .filter((id) => selection.chunks?.includes(id))
    .map((id): StagedChunk => ({ id, rows: 0, digest: '0:0' }));
  const selected = [...staged.filter((chunk) => isSelected(chunk, selection)), ...emptied];
  const isDue = (chunk: StagedChunk) => selection.force === true || !isPublished(chunk, known);
  return {
    due: selected.filter(isDue),
    unchanged: selected.filter((chunk) => !isDue(chunk)),
    vanished: gone.filter((id) => !selection.chunks?.includes(id)).sort(),
  };
}

/**
 * True if the chunk's last attempt is published and was of these rows. An attempt that was claimed later, or has reached
 * one table only, leaves tables of which nobody knows whether they agree: the chunk runs again.
 */
export function isPublished(chunk: StagedChunk, { states, committed }: Known): boolean {
  const state = states.get(chunk.id);
  if (!state?.done || state.done.digest !== chunk.digest) return false;
  return state.done.attempt === state.attempt && state.done.attempt === committed(chunk.id);
}

export function isWholePlan(selection: Selection): boolean {
  return selection.from === undefined && selection.to === undefined && selection.chunks === undefined;
}

function isSelected(chunk: StagedChunk, { from, to, chunks }: Selection): boolean {
  if (chunks !== undefined && !chunks.includes(chunk.id)) return false;
  if (from === undefined && to === undefined) return true;
  if (chunk.from === undefined) return false;
  return (from === undefined || chunk.from >= from) && (to === undefined || chunk.from < to);
}

function holdsRows(done: NonNullable<ChunkState['done']>): boolean {
  return (done.records ?? 0) + (done.deadLetters ?? 0) > 0;
}
