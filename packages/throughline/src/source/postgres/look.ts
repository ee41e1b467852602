/** One look at a table: rows that have changed since the last one, in order of their watermark. */
import type { Change } from '../change-feed.ts';
import type { GivenRows } from './given-rows.ts';
import type { SteadyConnection } from './steady-connection.ts';
import {
  FIRST_MICROS,
  type Mark,
  type Standing,
  type WatchedRow,
  type WatchedTable,
} from './watched-table.ts';

export interface LookOptions {
  table: WatchedTable;
  steady: SteadyConnection;
  given: GivenRows;
  overlapMicros: number;
  maxChanges: number;
}

export interface LookState {
  /** Up to which all was read, as the clock of those who write goes, in microseconds since 1970 UTC; null before the first look. */
  readTo: number | null;
  /** The server's clock when the last look began. */
  lookedAt: number | null;
  /** Whether rows without a watermark were read. They are once, at the start. */
  hasReadUnmarked: boolean;
}

export interface Found {
  changes: Change[];
  /** Newest watermark of them, no later than the clock of the server; null where none has one. */
  newest: number | null;
  /** No more pages of the look are known to be behind it. */
  isLast: boolean;
}

/**
 * Reads in pages that are statements of their own, for a snapshot that lasted as long as everything after it would keep the server from
 * cleaning up. A row that becomes visible behind the page that would have had it is found by the next look, as long as its transaction
 * took no longer than the overlap: `readTo` is never later than the clocks when the look began.
 * In memory: at most `maxChanges` rows, and what `given` holds.
 */
export async function* look(state: LookState, options: LookOptions): AsyncGenerator<Found> {
  const { table, steady, given, overlapMicros } = options;
  const standing = await steady.use((connection) => table.standing(connection));
  const { readTo } = state;
  if (!state.hasReadUnmarked && (readTo === null || readTo < FIRST_MICROS))
    yield* inBatches(
      (after, limit) => steady.use((one) => table.unmarked(one, standing, { after, limit })),
      0,
      options,
    );
  state.hasReadUnmarked = true;
  if (standing.newest === null) return;
  const from = Math.max(FIRST_MICROS, (readTo ?? 0) - overlapMicros);
  const readNow = clockOfWriters(state, standing);
  const keepFrom = readNow - overlapMicros;
  yield* inBatches(
    (after, limit) => steady.use((one) => table.marked(one, from, standing, { after, limit })),
    keepFrom,
    options,
  );
  state.readTo = readNow;
  state.lookedAt = standing.now;
  given.dropBefore(keepFrom);
}

/** How far the clocks of those who write may be behind the server's: zones, where times have none, are within it. */
const FARTHEST_BEHIND = 86_400_000_000;

/**
 * What those clocks show at least. The newest row was written by then; since the last look time has passed for them too. So what is read
 * again becomes less where nothing is written: a table that was loaded with one watermark is not read again for ever.
 */
function clockOfWriters({ readTo, lookedAt }: LookState, { now, newestMicros }: Standing): number {
  const passed = lookedAt === null || readTo === null ? newestMicros : readTo + Math.max(0, now - lookedAt);
  return Math.min(now, Math.max(newestMicros, passed, now - FARTHEST_BEHIND));
}

/** A page is as long as there is room in the batch, and a batch is given when it is half full: memory is one batch. */
async function* inBatches(
  readPage: (after: Mark | undefined, limit: number) => Promise<WatchedRow[]>,
  keepFrom: number,
  { table, given, maxChanges }: LookOptions,
): AsyncGenerator<Found> {
  let found: Omit<Found, 'isLast'> = { changes: [], newest: null };
  for (let after: Mark | undefined, isLast = false; !isLast; ) {
    const limit = maxChanges - found.changes.length;
    const page = await readPage(after, limit);
    isLast = page.length < limit;
    after = page.at(-1);
    for (const row of page) {
      if (!given.isNew(row, keepFrom)) continue;
      found.changes.push(changeOf(table, row));
      found.newest = row.micros;
    }
    if (found.changes.length === 0 || (!isLast && found.changes.length * 2 <= maxChanges)) continue;
    yield { ...found, isLast };
    found = { changes: [], newest: null };
  }
}

export function changeOf({ columns }: WatchedTable, { id, isDeleted, cells }: WatchedRow): Change {
  if (isDeleted && id !== null) return { kind: 'delete', id };
  return { kind: 'upsert', row: Object.fromEntries(columns.map((column, i) => [column, cells[i]!])) };
}
