/** The changes of a Postgres table, view or SELECT whose rows say when they changed last. What it guarantees: docs/sources.md. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { durationMs, type SourceConfig } from '../../config/index.ts';
import type { Change, ChangeFeed, FeedBatch, FeedOptions } from '../change-feed.ts';
import type { Copies } from '../copy-marks.ts';
import { mappedColumns, mappingOf } from '../mapping.ts';
import { columnsNow } from './columns-now.ts';
import { type KeyComparison, type KnownIds, keyComparison } from './compare-keys.ts';
import { connect } from './connect.ts';
import { type GivenRows, givenRows } from './given-rows.ts';
import { type LookState, look } from './look.ts';
import { MICROS_PER_MS } from './microseconds.ts';
import { type SteadyConnection, steadyConnection } from './steady-connection.ts';
import { type WatchedTable, watchTable } from './watched-table.ts';

export interface PostgresFeedOptions extends FeedOptions {
  /** Milliseconds since 1970 UTC. */
  clock: () => number;
  /** Without it keys are not compared. */
  knownIds?: KnownIds;
  /** Of runs beside the stream; without it there are none. */
  copies?: Copies;
  /** Of the rows; those of the mapping unless told. */
  columns?: readonly string[];
}

interface Watched {
  table: WatchedTable;
  steady: SteadyConnection;
  given: GivenRows;
  keys: KeyComparison;
  /** Streams whose position is to be asked for again. */
  restarted: Set<string>;
}

/**
 * `source` has `changes`. Positions are microseconds since 1970 UTC: of the stream `postgres:TABLE` the newest watermark that was read,
 * of `postgres:TABLE/keys` the time of a comparison of keys. When `signal` is aborted the batches end, without an error. Throws with exit
 * code 66 where there is no such table, 75 for a server that stays away, 77 where it refuses, 78 for a column that is not there or no time.
 */
export async function openPostgresFeed(
  source: SourceConfig,
  options: PostgresFeedOptions,
): Promise<ChangeFeed> {
  const { signal } = options;
  const pause = (ms: number) => sleep(ms, undefined, { signal });
  const steady = steadyConnection({ open: () => connect(source.url!, signal), sleep: pause, signal });
  const columns = options.columns ?? mappedColumns(mappingOf(source));
  try {
    const table = await steady.use((connection) => watchTable(connection, source, columns));
    const given = givenRows();
    const restarted = new Set<string>();
    const keys = keyComparison({ table, steady, given });
    return {
      batches: () =>
        untilAborted(signal, batches(source, { table, steady, given, keys, restarted }, options)),
      restart: (stream) => void restarted.add(stream),
      columns: () => columnsNow(source, signal),
      async [Symbol.asyncDispose]() {
        await keys[Symbol.asyncDispose]();
        await steady[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await steady[Symbol.asyncDispose]();
    throw error;
  }
}

async function* untilAborted<T>(signal: AbortSignal, items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Where the stream of the source stands: no later than any row that changes from now on, but for those that `overlap` is for. */
export async function postgresStanding(
  source: SourceConfig,
  signal?: AbortSignal,
): Promise<{ stream: string; position: number }> {
  await using connection = await connect(source.url!, signal);
  const table = await watchTable(connection, source, []);
  const { newest, newestMicros, now } = await table.standing(connection);
  return { stream: streamName(source), position: newest === null ? now : Math.min(newestMicros, now) };
}

async function* batches(
  source: SourceConfig,
  watched: Watched,
  options: PostgresFeedOptions,
): AsyncGenerator<FeedBatch> {
  const { positionOf, until, everyMs, signal, copies } = options;
  const name = streamName(source);
  const stream = await openStream(name, positionOf);
  const changed = changedRows(source, watched, options, stream);
  const keys = await openStream(`${name}${KEYS}`, positionOf);
  const compared =
    source.changes!.compareKeys === undefined || options.knownIds === undefined
      ? undefined
      : comparedKeys(source, watched, options, { stream: keys, name });
  for (;;) {
    const isRestarted = watched.restarted.has(name);
    for (const one of [stream, keys])
      if (watched.restarted.delete(one.name)) one.position = await positionOf(one.name);
    if (isRestarted) changed.startAgain();
    const pending = (await copies?.pending(name)) ?? [];
    yield* changed.look(pending.length === 0 ? undefined : Math.min(...pending.map((one) => one.position)));
    // One that was left in the middle begins again: other changes are committed now.
    if (watched.restarted.has(name)) continue;
    if (pending.length > 0) await copies!.consumed(pending);
    if (compared !== undefined) yield* compared(options.knownIds!);
    if (until === 'end') return;
    await sleep(everyMs, undefined, { signal });
  }
}

interface ChangedRows {
  /** What has changed; all that has since a position, where one is told. Ends early where somebody else has committed to the stream. */
  look(since: number | undefined): AsyncGenerator<FeedBatch>;
  /** From the position of the stream, as after a start. */
  startAgain(): void;
}

function changedRows(
  { changes }: SourceConfig,
  { table, steady, given, restarted }: Watched,
  { maxChanges }: FeedOptions,
  stream: Stream,
): ChangedRows {
  const state: LookState = { readTo: stream.position, lookedAt: null, hasReadUnmarked: false };
  const overlapMicros = durationMs(changes!.overlap) * MICROS_PER_MS;
  const goBack = (position: number | null) => {
    given.clear();
    state.readTo = position;
    state.lookedAt = null;
  };
  return {
    async *look(since) {
      const before = stream.position ?? 0;
      if (since !== undefined) goBack(Math.min(since, state.readTo ?? since));
      for await (const found of look(state, { table, steady, given, overlapMicros, maxChanges })) {
        const { newest, changes, isLast } = found;
        // Rows that are given again came into being long ago.
        const isNew = newest !== null && newest > before;
        yield {
          ...batchOf(stream, newest ?? 0, changes),
          ...(isNew && { newestAt: Math.floor(newest / MICROS_PER_MS) }),
          ...(!isLast && { behind: 1 }),
        };
        if (restarted.has(stream.name)) return;
      }
    },
    startAgain: () => goBack(stream.position),
  };
}

/**
 * When the time has come; where the feed ends with what is there, always. The time of the comparison is the position of its last batch: one that
 * was left in the middle is made again. Ends early where somebody else has committed to the stream.
 */
function comparedKeys(
  { changes }: SourceConfig,
  { keys, restarted }: Watched,
  { clock, maxChanges, until, copies }: PostgresFeedOptions,
  { stream, name }: { stream: Stream; name: string },
): (knownIds: KnownIds) => AsyncGenerator<FeedBatch> {
  const everyMs = durationMs(changes!.compareKeys!);
  let last = Number.NEGATIVE_INFINITY;
  return async function* (knownIds) {
    const now = clock();
    const before = stream.position === null ? last : Math.max(last, stream.position / MICROS_PER_MS);
    if (until === 'follow' && now - before < everyMs) return;
    // Rows that are no records yet are the business of the run that does the history.
    const withMissing = (await copies?.isWhole(name)) ?? true;
    let waiting: Change[] | undefined;
    for await (const found of keys.changes(knownIds, { maxChanges, withMissing })) {
      if (waiting) yield { ...batchOf(stream, 0, waiting), behind: 1 };
      if (restarted.has(stream.name)) return;
      waiting = found;
    }
    if (waiting) yield batchOf(stream, Math.floor(now * MICROS_PER_MS), waiting);
    if (!restarted.has(stream.name)) last = now;
  };
}

/** A stream with its last position, committed or given. */
interface Stream {
  readonly name: string;
  position: number | null;
}

async function openStream(name: string, positionOf: FeedOptions['positionOf']): Promise<Stream> {
  return { name, position: await positionOf(name) };
}

/**
 * Rows that are late bring nothing newer than what was read, but the version of a commit has to grow: then a position is one
 * microsecond on. How far that puts it ahead of the rows is nothing beside the overlap.
 */
function batchOf(stream: Stream, reached: number, changes: readonly Change[]): FeedBatch {
  const { name, position: after } = stream;
  const to = Math.max((after ?? 0) + 1, reached);
  stream.position = to;
  return { stream: name, after, to, changes };
}

const LONGEST_NAME = 200;
const KEYS = '/keys';

/** A long one by its digest: a stream is named with at most 200 characters. */
function streamName({ table }: SourceConfig): string {
  const name = `postgres:${table ?? 'query'}`;
  if (name.length + KEYS.length <= LONGEST_NAME) return name;
  return `postgres:${createHash('sha256').update(table!).digest('hex')}`;
}
