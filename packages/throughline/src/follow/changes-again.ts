/** Records of a stream that are dead letters, as a feed that brings the newest change of each once more. */
import { scan } from '@throughline/delta';
import { type Build, refreshTables } from '../lake/build.ts';
import { committedPosition, readStreamVersions, type StreamVersions } from '../lake/stream-commit.ts';
import type { Change, ChangeFeed, FeedBatch } from '../source/change-feed.ts';
import type { BatchPublisher, PublishedBatch } from './batch-publisher.ts';

interface AgainOptions {
  build: Build;
  pipelineId: string;
  publisher: Pick<BatchPublisher, 'publishAgain'>;
  /** The column of the id. */
  id: string;
  /** Of dead letters. Those that are none any more when it comes to them are left out. */
  ids: readonly string[];
  /** All that the source still has, from its beginning. */
  openSource: () => Promise<ChangeFeed>;
  /** Most ids of a batch: for each so many the source is read once. Their newest changes are in memory. */
  most: number;
  /** Aborted, nothing more is given: of a source that was not read to its end nobody knows what is newest. */
  signal: AbortSignal;
  warn: (message: string) => void;
}

export interface ChangesAgain {
  feed: ChangeFeed;
  /** Of a batch of the feed, before the next is asked for. */
  publish(batch: FeedBatch): Promise<PublishedBatch>;
  /** Chunks of dead letters that another process has kept from being published. */
  left(): ReadonlySet<string>;
}

/** Another process that publishes the same stream is waited for so often; then its dead letters stay, for the next time. */
const ATTEMPTS = 50;

/**
 * A stream that has no position is left out: all of it is still to be read. So is a message that still cannot be read, and a dead letter that is another one than before
 * the source was read: it may be of a newer message. Batches are published where nothing of their stream was committed since it was looked
 * which of them are still to be done; otherwise it is looked again. What stays after all of that is told.
 */
export function openChangesAgain(options: AgainOptions): ChangesAgain {
  const { build, pipelineId, publisher, ids, most, warn } = options;
  let versions: StreamVersions = new Map();
  let isLost = false;
  const chunksLeft = new Set<string>();

  async function* givenUntilDone(
    stream: string,
    changes: ReadonlyMap<string, Change>,
    before: ReadonlyMap<string, Dead>,
  ) {
    for (let attempt = 1; ; attempt++) {
      versions = await readStreamVersions(pipelineId, build, stream);
      const position = committedPosition(pipelineId, build, stream);
      if (position === null) return;
      const open = await deadAmong(build, [...changes.keys()]);
      const left = [...changes].filter(([id]) => open.get(id)?.fate === before.get(id)?.fate);
      if (left.length === 0) return;
      if (attempt > ATTEMPTS) {
        for (const [id] of left) chunksLeft.add(open.get(id)!.chunk);
        return warn(
          `${stream}: ${left.length} dead letters were not published again, for others published the same stream each of ${ATTEMPTS} times: they stay. Try again: throughline dlq retry`,
        );
      }
      isLost = false;
      yield { stream, after: position, to: position, changes: left.map(([, change]) => change) };
      if (!isLost) return;
    }
  }

  const feed: ChangeFeed = {
    async *batches() {
      let missing = 0;
      for (let i = 0; i < ids.length; i += most) {
        await refreshTables(build);
        const dead = await deadAmong(build, ids.slice(i, i + most));
        if (dead.size === 0) continue;
        const newest = await newestOf(dead, options);
        missing += dead.size - newest.size;
        for (const [stream, changes] of readable(newest)) yield* givenUntilDone(stream, changes, dead);
      }
      if (missing > 0)
        warn(
          `the source has no message with the ids of ${missing} of the dead letters, which it has deleted, or whose ids a transform changes: they stay`,
        );
    },
    restart() {
      isLost = true;
    },
    columns: async () => undefined,
    [Symbol.asyncDispose]: async () => {},
  };
  const publish = ({ stream, changes }: FeedBatch) => publisher.publishAgain({ stream, changes, versions });
  return { feed, publish, left: () => chunksLeft };
}

interface NewestChange {
  stream: string;
  change: Change;
}

/** By id. */
async function newestOf(
  wanted: ReadonlyMap<string, unknown>,
  { id, openSource, signal }: AgainOptions,
): Promise<Map<string, NewestChange>> {
  const newest = new Map<string, NewestChange>();
  await using source = await openSource();
  for await (const { stream, changes } of source.batches())
    for (const change of changes) {
      const of = idOf(change, id);
      if (of !== null && wanted.has(of)) newest.set(of, { stream, change });
    }
  signal.throwIfAborted();
  return newest;
}

/** By stream and id. What cannot be read is no change that could be published. */
function readable(newest: ReadonlyMap<string, NewestChange>): Map<string, Map<string, Change>> {
  const byStream = new Map<string, Map<string, Change>>();
  for (const [of, { stream, change }] of newest) {
    if (change.kind === 'reject') continue;
    byStream.set(stream, (byStream.get(stream) ?? new Map<string, Change>()).set(of, change));
  }
  return byStream;
}

function idOf(change: Change, column: string): string | null {
  if (change.kind === 'upsert') return change.row[column] ?? null;
  return change.kind === 'delete' ? change.id : change.deadLetter.id;
}

interface Dead {
  chunk: string;
  /** The run and the time of the dead letter, which tell it from a later one of the same record. */
  fate: string;
}

/** By id. */
async function deadAmong({ tables }: Build, ids: readonly string[]): Promise<Map<string, Dead>> {
  const dead = new Map<string, Dead>();
  const options = {
    columns: ['_id', '_chunk', '_run', '_seen'],
    where: [{ column: '_id', op: 'in' as const, values: ids }],
  };
  for await (const { columns } of scan(tables.dead_letters, options))
    for (const [i, id] of (columns._id as string[]).entries())
      dead.set(id, { chunk: columns._chunk![i] as string, fate: `${columns._run![i]} ${columns._seen![i]}` });
  return dead;
}
