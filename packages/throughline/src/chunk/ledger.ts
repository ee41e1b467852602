/**
 * The ledger: an append-only table of what happened to chunks.
 *
 * States of a chunk in one build: absent -> claimed -> done | failed -> claimed (next attempt) -> ...
 * The attempt number is the fencing token: it is the transaction version of every commit that publishes the chunk.
 * `done` is only a report; that a chunk is published is said by the transaction in the passages table.
 */

import {
  type AddFile,
  commit,
  createTable,
  openPartWriter,
  refresh,
  type Snapshot,
  scan,
} from '@throughline/delta';
import { columnBatch } from '../lake/batch.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { chunksSchema } from '../lake/schemas.ts';

export interface ChunkCounts {
  rows: number;
  /** Rows that a transform left out. */
  dropped: number;
  records: number;
  passages: number;
  deadLetters: number;
  embedded: number;
  cached: number;
  ms: number;
}

export const NO_COUNTS: Readonly<ChunkCounts> = {
  rows: 0,
  dropped: 0,
  records: 0,
  passages: 0,
  deadLetters: 0,
  embedded: 0,
  cached: 0,
  ms: 0,
};

export function addCounts(a: ChunkCounts, b: ChunkCounts): ChunkCounts {
  const names = Object.keys(NO_COUNTS) as (keyof ChunkCounts)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as ChunkCounts;
}

export interface ChunkEvent extends Partial<ChunkCounts> {
  chunk: string;
  attempt: number;
  event: 'claimed' | 'done' | 'failed';
  owner: string;
  run: string;
  /** Milliseconds since 1970 UTC. */
  at: number;
  digest: string;
  error?: string;
}

export interface ChunkState {
  /** The highest attempt that was ever claimed. */
  attempt: number;
  last: ChunkEvent;
  /** The last attempt that was published. */
  done: ChunkEvent | undefined;
}

export interface Ledger {
  readonly build: string;
  readonly states: ReadonlyMap<string, ChunkState>;
  snapshot: Snapshot;
}

export interface Clock {
  now(): number;
}

export async function openLedger(lake: Lake, build: string): Promise<Ledger> {
  const snapshot = await createTable(lakePath(lake.root, 'chunks'), {
    schema: chunksSchema,
    partitionColumns: ['build'],
    name: 'chunks',
  });
  return { build, snapshot, states: fold(new Map(), await readEvents(snapshot, build)) };
}

/** The reports of what was published of a build, of all attempts, in no order. */
export async function doneEvents(lake: Lake, build: string): Promise<ChunkEvent[]> {
  const { snapshot } = await openLedger(lake, build);
  return (await readEvents(snapshot, build)).filter(({ event }) => event === 'done');
}

/** Events of a build, those in `known` files left out, in no order. */
async function readEvents(
  snapshot: Snapshot,
  build: string,
  known: readonly AddFile[] = [],
): Promise<ChunkEvent[]> {
  const before = new Set(known.map((file) => file.path));
  const files = (await snapshot.files()).filter((file) => !before.has(file.path));
  const events: ChunkEvent[] = [];
  for await (const batch of scan(snapshot, { files, partition: { build } })) {
    const cell = (name: string, i: number) => (batch.columns[name] as ArrayLike<unknown>)[i];
    const count = (name: string, i: number) => Number(cell(name, i) ?? 0);
    for (let i = 0; i < batch.rows; i++) {
      const error = cell('error', i);
      events.push({
        chunk: String(cell('chunk', i)),
        attempt: Number(cell('attempt', i)),
        event: cell('event', i) as ChunkEvent['event'],
        owner: String(cell('owner', i)),
        run: String(cell('run', i)),
        at: Number(cell('at', i)) / 1000,
        digest: String(cell('digest', i)),
        rows: count('rows', i),
        dropped: count('dropped', i),
        records: count('records', i),
        passages: count('passages', i),
        deadLetters: count('dead_letters', i),
        embedded: count('embedded', i),
        cached: count('cached', i),
        ms: count('ms', i),
        ...(error === null ? {} : { error: String(error) }),
      });
    }
  }
  return events;
}

/** Pure: adds events to states, whatever order they are read in. */
export function fold(
  states: ReadonlyMap<string, ChunkState>,
  events: readonly ChunkEvent[],
): Map<string, ChunkState> {
  const next = new Map(states);
  for (const event of events) {
    const state = next.get(event.chunk);
    const isLast = !state || order(event) >= order(state.last);
    const isDone = event.event === 'done' && !(state?.done && isLater(state.done, event));
    next.set(event.chunk, {
      attempt: Math.max(state?.attempt ?? 0, event.attempt),
      last: isLast ? event : state.last,
      done: isDone ? event : state?.done,
    });
  }
  return next;
}

/** Of one attempt the last report counts: rows may have been removed since. */
function isLater(a: ChunkEvent, b: ChunkEvent): boolean {
  return a.attempt > b.attempt || (a.attempt === b.attempt && a.at > b.at);
}

function order(event: ChunkEvent): number {
  // An attempt that failed after its publication is done: the repair says so later.
  return event.attempt * 3 + ['claimed', 'failed', 'done'].indexOf(event.event);
}

/** Appends reports; order among processes does not matter. */
export async function report(ledger: Ledger, events: readonly ChunkEvent[], clock: Clock): Promise<Ledger> {
  return events.length === 0 ? ledger : await append(ledger, events, clock, { exclusive: false });
}

/** Throws ConcurrentModificationError when it is to be `exclusive` and another process committed since the ledger was read. */
export async function append(
  ledger: Ledger,
  events: readonly ChunkEvent[],
  clock: Clock,
  { exclusive }: { exclusive: boolean },
): Promise<Ledger> {
  const { snapshot, build } = ledger;
  const writer = await openPartWriter({
    root: snapshot.root,
    schema: chunksSchema,
    partitionColumns: ['build'],
    partition: { build },
  });
  const cells = events.map((event) => [
    event.chunk,
    BigInt(event.attempt),
    event.event,
    event.owner,
    event.run,
    BigInt(event.at) * 1000n,
    event.digest,
    ...[
      event.rows,
      event.dropped,
      event.records,
      event.passages,
      event.deadLetters,
      event.embedded,
      event.cached,
      event.ms,
    ].map((count) => (count === undefined ? null : BigInt(Math.round(count)))),
    event.error ?? null,
  ]);
  await writer.append(columnBatch(chunksSchema, ['build'], cells));
  const add = await writer.close();
  const result = await commit(
    snapshot,
    { operation: 'WRITE', operationParameters: { mode: 'Append' }, add },
    { clock: () => clock.now(), ...(exclusive ? { maxAttempts: 1 } : {}) },
  );
  const others = await readEvents(result.snapshot, build, [...(await snapshot.files()), ...add]);
  return { build, snapshot: result.snapshot, states: fold(ledger.states, [...others, ...events]) };
}

/** The ledger as it is now. */
export async function reread(ledger: Ledger): Promise<Ledger> {
  const snapshot = await refresh(ledger.snapshot);
  const events = await readEvents(snapshot, ledger.build, await ledger.snapshot.files());
  return { build: ledger.build, snapshot, states: fold(ledger.states, events) };
}
