import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_COUNTS } from '../chunk/ledger.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { ChangeFeed, FeedBatch } from '../source/change-feed.ts';
import { type FollowSettings, followFeed } from './follow.ts';
import { upsert } from './testing/stream-lake.ts';

const batchTo = (to: number): FeedBatch => ({
  ...{ stream: 's/0', after: to === 1 ? null : to - 1, to },
  changes: [upsert(`r${to}`, '2024-01-01', 'text')],
});

/** A feed of these batches, and what was asked of it. */
function feedOf(batches: readonly FeedBatch[]) {
  const restarted: string[] = [];
  let given = 0;
  const feed: ChangeFeed = {
    async *batches() {
      for (const batch of batches) {
        given++;
        yield batch;
      }
    },
    restart: (stream) => restarted.push(stream),
    columns: async () => undefined,
    async [Symbol.asyncDispose]() {},
  };
  return { feed, restarted, given: () => given };
}

const done = {
  committed: true,
  counts: { ...NO_COUNTS, records: 1 },
  filtered: 0,
  deleted: 0,
};
const unavailable = () =>
  new ThroughlineError('the model is away', { code: 'away', exitCode: EXIT.unavailable });

function settings(change: Partial<FollowSettings> & Pick<FollowSettings, 'publisher'>): FollowSettings {
  return {
    ...{ everyMs: 0, waitMs: 1, published: async () => {}, waits: async () => {}, warning: () => {} },
    signal: new AbortController().signal,
    ...change,
  };
}

test('batches are published one after the other, and counted', async () => {
  const { feed } = feedOf([batchTo(1), batchTo(2)]);
  const published: number[] = [];
  const followed = await followFeed(
    feed,
    settings({
      publisher: { publish: async () => done },
      published: async ({ to }) => void published.push(to),
    }),
  );
  assert.deepEqual(published, [1, 2]);
  assert.deepEqual([followed.batches, followed.changes, followed.counts.records], [2, 2, 2]);
});

test('what may pass is tried again, the same batch each time; what does not ends it', async () => {
  const asked: number[] = [];
  const warnings: string[] = [];
  const publisher = {
    publish: async ({ to }: FeedBatch) => {
      asked.push(to);
      if (asked.length < 3) throw unavailable();
      return done;
    },
  };
  const { feed } = feedOf([batchTo(1), batchTo(2)]);
  await followFeed(feed, settings({ publisher, warning: (message) => warnings.push(message) }));
  assert.deepEqual(asked, [1, 1, 1, 2]);
  assert.match(warnings.join('\n'), /s\/0: the model is away; again in/);

  const broken = {
    publish: async () => Promise.reject(new ThroughlineError('no', { code: 'x', exitCode: EXIT.config })),
  };
  await assert.rejects(followFeed(feedOf([batchTo(1)]).feed, settings({ publisher: broken })), /no/);
  const away = { publish: async () => Promise.reject(unavailable()) };
  await assert.rejects(
    followFeed(feedOf([batchTo(1)]).feed, settings({ publisher: away, attempts: 2 })),
    /away/,
  );
});

test('a stream that another process has taken over is asked for its position again, and counts for nothing', async () => {
  const { feed, restarted } = feedOf([batchTo(1), batchTo(2)]);
  const publisher = { publish: async ({ to }: FeedBatch) => ({ ...done, committed: to !== 1 }) };
  const followed = await followFeed(feed, settings({ publisher }));
  assert.deepEqual(restarted, ['s/0']);
  assert.equal(followed.batches, 1);
});

test('at the signal the batch that is under way is published, and no other is begun', async () => {
  const stop = new AbortController();
  const { feed, given } = feedOf([batchTo(1), batchTo(2), batchTo(3)]);
  const publisher = {
    publish: async () => {
      stop.abort();
      return done;
    },
  };
  const followed = await followFeed(feed, settings({ publisher, signal: stop.signal }));
  assert.deepEqual([followed.batches, given()], [1, 1]);
});

test('a stop does not wait for a model that stays away', async () => {
  const stop = new AbortController();
  const publisher = {
    publish: async () => {
      setTimeout(() => stop.abort(), 5);
      throw unavailable();
    },
  };
  const followed = await followFeed(
    feedOf([batchTo(1)]).feed,
    settings({ publisher, waitMs: 60_000, signal: stop.signal }),
  );
  assert.equal(followed.batches, 0);
});
