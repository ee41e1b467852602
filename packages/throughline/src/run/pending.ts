/** Which chunks are due, and which are as they were. Pure. */
import { NO_CHUNK } from '../chunk/chunk-id.ts';
import type { ChunkState } from '../chunk/ledger.ts';
import type { StagedChunk } from '../engine/engine.ts';
import type { GoesBy } from './added-columns.ts';
import type { RunOptions } from './run-options.ts';

export interface Selection {
  /** Local dates, half-open; whole chunks. */
  from?: string | undefined;
  to?: string | undefined;
  chunks?: readonly string[] | undefined;
  /** Runs chunks again that have not changed. */
  force?: boolean | undefined;
  /** Chunks that have left the source are kept, though they are named: a replay must not empty them. */
  keepVanished?: boolean | undefined;
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
  /** Chunks whose changes somebody else gives, since they were published; none unless told. */
  isCopied?: (chunk: string) => boolean;
}

export function dueChunks(staged: readonly StagedChunk[], selection: Selection, known: Known): Due {
  const present = new Set(staged.map((chunk) => chunk.id));
  const gone = [...known.states].flatMap(([id, { done }]) =>
    !present.has(id) && done && holdsRows(done) ? [id] : [],
  );
  // These run with no rows: that empties them.
  const emptied = gone.filter(
    (id) =>
      selection.keepVanished !== true &&
      (selection.chunks?.includes(id) ?? (isWholePlan(selection) && isFollowing(id))),
  );
  const selected = [
    ...staged.filter((chunk) => isSelected(chunk, selection)),
    ...emptied.map((id): StagedChunk => ({ id, rows: 0, digest: '0:0' })),
  ];
  const isDue = (chunk: StagedChunk) => selection.force === true || !isPublished(chunk, known);
  return {
    due: selected.filter(isDue),
    unchanged: selected.filter((chunk) => !isDue(chunk)),
    vanished: gone.filter((id) => !emptied.includes(id)).sort(),
  };
}

/**
 * True if the chunk's last attempt is published and was of these rows, or what changed in it since is given by a stream. An attempt that was claimed later, or has reached
 * one table only, leaves tables of which nobody knows whether they agree: the chunk runs again.
 */
export function isPublished(chunk: StagedChunk, known: Known): boolean {
  if (known.isCopied?.(chunk.id)) return true;
  return known.states.get(chunk.id)?.done?.digest === chunk.digest && isLatest(chunk.id, known);
}

/** True if the chunk's last attempt is published, of whatever rows. */
export function isLatest(chunk: string, { states, committed }: Known): boolean {
  const state = states.get(chunk);
  if (!state?.done) return false;
  return state.done.attempt === state.attempt && state.done.attempt === committed(chunk);
}

export function isWholePlan(selection: Selection): boolean {
  return selection.from === undefined && selection.to === undefined && selection.chunks === undefined;
}

/** Of columns that are new in the source. */
export function goesBy({
  only,
  sample,
  ...selection
}: Pick<RunOptions, 'only' | 'sample'> & Selection): GoesBy {
  return only === undefined && sample === undefined && isWholePlan(selection) ? 'source' : 'settled';
}

function isSelected(chunk: StagedChunk, { from, to, chunks }: Selection): boolean {
  if (chunks !== undefined && !chunks.includes(chunk.id)) return false;
  if (from === undefined && to === undefined) return true;
  if (chunk.from === undefined) return false;
  return (from === undefined || chunk.from >= from) && (to === undefined || chunk.from < to);
}

/**
 * Chunks that are no slice of the history but what the other rows leave, and ranges of rows: when they are gone, their rows have moved to
 * other chunks.
 */
export function isFollowing(id: string): boolean {
  return id === NO_CHUNK || id.startsWith('r:');
}

function holdsRows(done: NonNullable<ChunkState['done']>): boolean {
  return (done.records ?? 0) + (done.deadLetters ?? 0) > 0;
}
