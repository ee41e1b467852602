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
}

/** Another process that publishes the same stream is waited for so often; then its dead letters stay, for the next time. */
const ATTEMPTS = 50;

/**
 * A stream that has no position is left out: all of it is still to be read. So is a message that still cannot be read, and a dead letter that is another one than before
 * the source was read: it may be of a newer message. Batches are published where nothing of their stream was committed since it was looked
 * which of them are still to be done; otherwise it is looked again.
 */
export function openChangesAgain(options: AgainOptions): ChangesAgain {
  const { build, pipelineId, publisher, ids, most } = options;
  let versions: StreamVersions = new Map();
  let isLost = false;

  async function* givenUntilDone(
    stream: string,
    changes: ReadonlyMap<string, Change>,
    before: ReadonlyMap<string, string>,
  ) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      versions = await readStreamVersions(pipelineId, build, stream);
      const position = committedPosition(pipelineId, build, stream);
      if (position === null) return;
      const open = await deadAmong(build, [...changes.keys()]);
      const left = [...changes].flatMap(([id, change]) => (open.get(id) === before.get(id) ? [change] : []));
      if (left.length === 0) return;
      isLost = false;
      yield { stream, after: position, to: position, changes: left };
      if (!isLost) return;
    }
  }

  const feed: ChangeFeed = {
    async *batches() {
      for (let i = 0; i < ids.length; i += most) {
        await refreshTables(build);
        const dead = await deadAmong(build, ids.slice(i, i + most));
        if (dead.size === 0) continue;
        const newest = await newestOf(dead, options);
        for (const [stream, changes] of newest) yield* givenUntilDone(stream, changes, dead);
      }
    },
    restart() {
      isLost = true;
    },
    columns: async () => undefined,
    [Symbol.asyncDispose]: async () => {},
  };
  return { feed, publish: ({ stream, changes }) => publisher.publishAgain({ stream, changes, versions }) };
}

/** By stream and id. What cannot be read is no change that could be published. */
async function newestOf(
  wanted: ReadonlyMap<string, unknown>,
  { id, openSource, signal, warn }: AgainOptions,
): Promise<Map<string, Map<string, Change>>> {
  const newest = new Map<string, { stream: string; change: Change }>();
  await using source = await openSource();
  for await (const { stream, changes } of source.batches())
    for (const change of changes) {
      const of = idOf(change, id);
      if (of !== null && wanted.has(of)) newest.set(of, { stream, change });
    }
  signal.throwIfAborted();
  if (newest.size < wanted.size)
    warn(`the source has no message for ${wanted.size - newest.size} of the dead letters: they stay`);
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

/** By id, the run and the time of the dead letter, which tell it from a later one of the same record. */
async function deadAmong({ tables }: Build, ids: readonly string[]): Promise<Map<string, string>> {
  const dead = new Map<string, string>();
  const options = {
    columns: ['_id', '_run', '_seen'],
    where: [{ column: '_id', op: 'in' as const, values: ids }],
  };
  for await (const { columns } of scan(tables.dead_letters, options))
    for (const [i, id] of (columns._id as string[]).entries())
      dead.set(id, `${columns._run![i]} ${columns._seen![i]}`);
  return dead;
}
