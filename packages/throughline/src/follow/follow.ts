/** Follows a feed: micro-batch after micro-batch is published, and what is derived of the tables follows at its own pace. */
import { setTimeout as sleep } from 'node:timers/promises';
import { reachOf } from '../chunk/failure.ts';
import { addCounts, type ChunkCounts, NO_COUNTS } from '../chunk/ledger.ts';
import { retryDelayMs } from '../chunk/retry.ts';
import { asThroughlineError } from '../error.ts';
import type { ChangeFeed, FeedBatch } from '../source/change-feed.ts';
import type { BatchPublisher, PublishedBatch } from './batch-publisher.ts';

export interface FollowSettings {
  publisher: Pick<BatchPublisher, 'publish'>;
  /** Least time between the beginnings of two micro-batches of a stream, in milliseconds. */
  everyMs: number;
  /** Before the second attempt at a micro-batch, in milliseconds; doubled for each further one. */
  waitMs: number;
  /** Attempts at a micro-batch whose error may pass; without end unless told. */
  attempts?: number | undefined;
  /** After each micro-batch. */
  published(batch: FeedBatch, published: PublishedBatch): Promise<void>;
  /** Before each further attempt at a micro-batch. */
  waits(batch: FeedBatch): Promise<void>;
  warning(message: string): void;
  /** No further batch is begun; the one under way is published. */
  signal: AbortSignal;
}

export interface Followed {
  batches: number;
  changes: number;
  counts: ChunkCounts;
  filtered: number;
  deleted: number;
}

export function addFollowed(a: Followed, b: Followed): Followed {
  return {
    batches: a.batches + b.batches,
    changes: a.changes + b.changes,
    counts: addCounts(a.counts, b.counts),
    filtered: a.filtered + b.filtered,
    deleted: a.deleted + b.deleted,
  };
}

const LONGEST_WAIT_MS = 60_000;

/** Until the feed ends, or the signal. Throws what no further attempt would change. */
export async function followFeed(feed: ChangeFeed, settings: FollowSettings): Promise<Followed> {
  const total: Followed = { batches: 0, changes: 0, counts: NO_COUNTS, filtered: 0, deleted: 0 };
  const { signal, everyMs } = settings;
  /** They take turns, and each has its own pace. */
  const streams = new Set<string>();
  try {
    for await (const batch of feed.batches()) {
      const begun = performance.now();
      const published = await publishAgain(batch, settings);
      if (published === undefined) break;
      if (!published.committed) feed.restart(batch.stream);
      else {
        total.batches++;
        total.changes += batch.changes.length;
        total.counts = addCounts(total.counts, published.counts);
        total.filtered += published.filtered;
        total.deleted += published.deleted;
        await settings.published(batch, published);
      }
      if (signal.aborted) break;
      const isBehind = (batch.behind ?? 0) > 0;
      streams.add(batch.stream);
      if (!isBehind) await pause(everyMs / streams.size - (performance.now() - begun), signal);
    }
  } catch (error) {
    // What the signal itself has ended is no error; a last batch that failed is one.
    if (!signal.aborted || !isAbort(error, signal)) throw error;
  }
  return total;
}

/** Undefined where it was stopped between two attempts. */
async function publishAgain(
  batch: FeedBatch,
  { publisher, attempts = Number.POSITIVE_INFINITY, waitMs, waits, warning, signal }: FollowSettings,
): Promise<PublishedBatch | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await publisher.publish(batch);
    } catch (thrown) {
      const error = asThroughlineError(thrown);
      if (reachOf(error) !== 'later' || attempt >= attempts) throw thrown;
      if (signal.aborted) return undefined;
      const delay = Math.min(retryDelayMs(batch.stream, attempt, waitMs), LONGEST_WAIT_MS);
      warning(`${batch.stream}: ${error.message}; again in ${(delay / 1000).toFixed(1)} s`);
      await waits(batch);
      await pause(delay, signal);
    }
  }
}

function isAbort(error: unknown, { reason }: AbortSignal): boolean {
  return (
    error === reason ||
    (error as Error).name === 'AbortError' ||
    (error as { code?: string }).code === 'interrupted'
  );
}

/** The signal ends it early. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {});
}
