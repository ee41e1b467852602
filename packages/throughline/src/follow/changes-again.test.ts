/** Dead letters of a stream whose messages are published once more, beside others that publish the same stream. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FileChange, history, type Snapshot } from '@throughline/delta';
import type { Build } from '../lake/build.ts';
import { committedPosition } from '../lake/stream-commit.ts';
import { streamStatus } from '../run/stream-status.ts';
import { kindOf } from '../search/fresh/read-log.ts';
import type { Change, ChangeFeed, FeedBatch } from '../source/change-feed.ts';
import type { BatchPublisher, PublishedBatch } from './batch-publisher.ts';
import { openChangesAgain } from './changes-again.ts';
import { type StreamLake, streamLake, upsert } from './testing/stream-lake.ts';

/** Of the race; each time the other one begins later. */
const ROUNDS = 6;
const STEP_MS = 60;
const DAY = '2024-01-01';
const STREAM = 's/0';
const bad: Change = {
  kind: 'reject',
  deadLetter: { step: 'read', id: 'c', code: 'bad_json', message: 'no JSON', payload: '{' },
};

/** Of three records one is well, one has no text, and one is a message that nobody can read. */
async function begin(stream: StreamLake): Promise<BatchPublisher> {
  const publisher = await stream.openPublisher();
  const changes = [upsert('a', DAY, 'one'), upsert('b', DAY, ''), bad];
  await publisher.publish({ stream: STREAM, after: null, to: 2, changes });
  assert.deepEqual(await idsOf(stream, 'dead_letters'), ['b', 'c']);
  return publisher;
}

const idsOf = async (stream: StreamLake, table: 'records' | 'passages' | 'dead_letters') =>
  (await stream.rows(table, ['_id'])).map(([id]) => id).sort();

const textsOf = async (stream: StreamLake, table: 'records' | 'passages') =>
  (await stream.rows(table, ['_id', '_text'])).sort();

const positionOf = ({ build }: StreamLake) => committedPosition('pipeline', build, STREAM);

/** A source that has these changes, of one stream each time that it is read. */
function sourceOf(
  changes: readonly Change[],
  meanwhile: () => Promise<unknown> = async () => {},
): () => Promise<ChangeFeed> {
  return async () => ({
    async *batches() {
      yield { stream: STREAM, after: null, to: 9, changes };
      await meanwhile();
    },
    restart() {},
    columns: async () => undefined,
    [Symbol.asyncDispose]: async () => {},
  });
}

function again(
  { build }: StreamLake,
  publisher: Pick<BatchPublisher, 'publishAgain'>,
  changes: readonly Change[],
  ids = ['b', 'c'],
  rest: Partial<Parameters<typeof openChangesAgain>[0]> = {},
) {
  return openChangesAgain({
    ...{ build, pipelineId: 'pipeline', publisher, id: 'id', ids, most: 10 },
    ...{ openSource: sourceOf(changes), signal: new AbortController().signal, warn: () => {} },
    ...rest,
  });
}

/** Publishes all that is given again; resolves to how many batches were given, and how many were committed. */
async function publishAll({ feed, publish }: ReturnType<typeof again>): Promise<[number, number]> {
  let [given, done] = [0, 0];
  for await (const batch of feed.batches()) {
    given++;
    if ((await publish(batch)).committed) done++;
    else feed.restart(batch.stream);
  }
  return [given, done];
}

test('the newest message of a dead letter is its record, and the stream stays where it is', async () => {
  await using stream = await streamLake();
  await using publisher = await begin(stream);
  const changes = [upsert('a', DAY, 'other'), upsert('b', DAY, 'older'), bad, upsert('b', DAY, 'mended')];
  assert.deepEqual(await publishAll(again(stream, publisher, changes)), [1, 1]);
  for (const table of ['records', 'passages'] as const)
    assert.deepEqual(await textsOf(stream, table), [
      ['a', 'one'],
      ['b', 'mended'],
    ]);
  assert.deepEqual(await idsOf(stream, 'dead_letters'), ['c'], 'nobody can read it yet');
  assert.equal(positionOf(stream), 2);
  const { info, tables } = stream.build;
  for (const [name, table] of Object.entries(tables))
    assert.equal(table.txn(`pipeline/${info.digest}/stream/${name}/${STREAM}`), 3, 'none is ahead of it');
  const next: FeedBatch = { stream: STREAM, after: 2, to: 3, changes: [upsert('b', DAY, 'newest')] };
  assert.equal((await publisher.publish(next)).committed, true);
  assert.deepEqual(await textsOf(stream, 'records'), [
    ['a', 'one'],
    ['b', 'newest'],
  ]);
});

test('to search and to the status it is a commit of the stream, and no news of it', async () => {
  await using stream = await streamLake();
  await using publisher = await begin(stream);
  const before = await streamStatus(stream.lake, stream.build);
  await publishAll(again(stream, publisher, [upsert('b', DAY, 'mended')]));
  const { root } = stream.build.tables.passages;
  const [newest] = await history(root, 1);
  assert.deepEqual(newest!.info.throughline, { stream: STREAM, again: { run: 'r' } });
  assert.equal(kindOf({ info: newest!.info, dataChange: true } as FileChange), 'stream');
  assert.equal(before.length, 1);
  assert.deepEqual(await streamStatus(stream.lake, stream.build), before);
});

test('what fails once more stays a dead letter, once', async () => {
  await using stream = await streamLake();
  await using publisher = await begin(stream);
  assert.deepEqual(await publishAll(again(stream, publisher, [upsert('b', DAY, ''), bad])), [1, 1]);
  assert.deepEqual(await idsOf(stream, 'dead_letters'), ['b', 'c']);
  assert.deepEqual(await idsOf(stream, 'records'), ['a']);
});

test('of a stream that has no position nothing is published: all of it is still to be read', async () => {
  await using stream = await streamLake();
  await using publisher = await stream.openPublisher();
  assert.deepEqual(await publishAll(again(stream, publisher, [upsert('b', DAY, 'text')])), [0, 0]);
});

test('where another process was faster it is looked again what there is to do', async () => {
  await using stream = await streamLake();
  await using publisher = await stream.openPublisher();
  const build = { ...stream.build, tables: { ...stream.build.tables } };
  await using other = await stream.openPublisher(build);
  const dead = [upsert('a', DAY, ''), upsert('b', DAY, '')];
  await other.publish({ stream: STREAM, after: null, to: 1, changes: dead });
  let isFirst = true;
  const late: Pick<BatchPublisher, 'publishAgain'> = {
    async publishAgain(batch) {
      const newer = { stream: STREAM, after: 1, to: 2, changes: [upsert('a', DAY, 'newer')] };
      if (isFirst) await other.publish(newer);
      isFirst = false;
      return await publisher.publishAgain(batch);
    },
  };
  const source = [upsert('a', DAY, 'old'), upsert('b', DAY, 'mended')];
  assert.deepEqual(await publishAll(again(stream, late, source, ['a', 'b'])), [2, 1]);
  for (const table of ['records', 'passages'] as const)
    assert.deepEqual(await textsOf(stream, table), [
      ['a', 'newer'],
      ['b', 'mended'],
    ]);
  assert.deepEqual(await idsOf(stream, 'dead_letters'), []);
});

/** As who follows does: what was refused is given again. */
async function untilCommitted(publisher: BatchPublisher, batch: FeedBatch): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) if ((await publisher.publish(batch)).committed) return;
  assert.fail('it was refused again and again');
}

test('a newer message that another process publishes meanwhile is what stays, whenever it comes', async () => {
  await using stream = await streamLake();
  await using publisher = await stream.openPublisher();
  const build = { ...stream.build, tables: { ...stream.build.tables } };
  await using other = await stream.openPublisher(build);
  let after: number | null = null;
  for (let i = 0; i < ROUNDS; i++) {
    const [id, beside] = [`r${i}`, `s${i}`];
    const dead = [upsert(id, DAY, ''), upsert(beside, DAY, '')];
    await other.publish({ stream: STREAM, after, to: 2 * i, changes: dead });
    const source = [upsert(id, DAY, 'old'), upsert(beside, DAY, 'mended')];
    const newer = { stream: STREAM, after: 2 * i, to: 2 * i + 1, changes: [upsert(id, DAY, 'newer')] };
    await Promise.all([
      publishAll(again(stream, publisher, source, [id, beside])),
      sleep(i * STEP_MS).then(() => untilCommitted(other, newer)),
    ]);
    after = 2 * i + 1;
    assert.equal(committedPosition('pipeline', build, STREAM), after);
  }
  const expected = Array.from({ length: ROUNDS }, (_, i) => [
    [`r${i}`, 'newer'],
    [`s${i}`, 'mended'],
  ]).flat();
  for (const table of ['records', 'passages'] as const)
    assert.deepEqual(await textsOf(stream, table), expected.toSorted());
  assert.deepEqual(await idsOf(stream, 'dead_letters'), []);
});

/** The same tables as another process has them, which can be held up in the middle of its next commit to the passages. */
function held({ build }: StreamLake): { build: Build; hold: (meanwhile: () => Promise<unknown>) => void } {
  let next: (() => Promise<unknown>) | undefined;
  const heldUp = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    async files() {
      const meanwhile = next;
      next = undefined;
      await meanwhile?.();
      return await snapshot.files();
    },
  });
  const tables = new Proxy(
    { ...build.tables },
    {
      set: (all, name, snapshot) =>
        Object.assign(all, { [name]: name === 'passages' ? heldUp(snapshot) : snapshot }) === all,
    },
  );
  return {
    build: { ...build, tables },
    hold(meanwhile) {
      next = meanwhile;
    },
  };
}

test('what comes in the middle of the commit that would publish a batch makes it begin anew', async () => {
  await using stream = await streamLake();
  await using publisher = await begin(stream);
  const other = held(stream);
  await using follower = await stream.openPublisher(other.build, 'follower');
  const batch = { stream: STREAM, after: 2, to: 3, changes: [upsert('b', DAY, ''), upsert('d', DAY, 'new')] };
  let retried: [number, number] | undefined;
  other.hold(async () => {
    retried = await publishAll(again(stream, publisher, [upsert('b', DAY, 'mended')], ['b']));
  });
  assert.equal((await follower.publish(batch)).committed, false);
  assert.deepEqual(retried, [1, 1]);
  assert.deepEqual(await idsOf(stream, 'passages'), ['a', 'b'], 'it is there until the batch is given again');
  await untilCommitted(follower, batch);
  assert.deepEqual(await idsOf(stream, 'records'), ['a', 'd']);
  assert.deepEqual(await idsOf(stream, 'passages'), ['a', 'd']);
  assert.deepEqual(await idsOf(stream, 'dead_letters'), ['b', 'c'], 'it was made by the function of before');
});

test('of two that publish the same dead letter at once one begins anew, and it is the same in all tables', async () => {
  await using stream = await streamLake();
  await using publisher = await begin(stream);
  const other = held(stream);
  await using second = await stream.openPublisher(other.build, 'second');
  let first: [number, number] | undefined;
  other.hold(async () => {
    first = await publishAll(again(stream, publisher, [upsert('b', DAY, 'first')], ['b']));
  });
  const source = [upsert('b', DAY, 'second')];
  const there = { ...stream, build: other.build };
  assert.deepEqual(await publishAll(again(there, second, source, ['b'])), [1, 0], 'nothing is left to do');
  assert.deepEqual(first, [1, 1]);
  for (const table of ['records', 'passages'] as const)
    assert.deepEqual(await textsOf(stream, table), [
      ['a', 'one'],
      ['b', 'first'],
    ]);
  assert.deepEqual(await idsOf(stream, 'dead_letters'), ['c']);
});

test('one that finds no place between the others gives up, and tells what it has left', async () => {
  await using stream = await streamLake();
  await using publisher = await begin(stream);
  const told: string[] = [];
  const refused = { publishAgain: async () => ({ committed: false }) as PublishedBatch };
  const warn = (message: string) => told.push(message);
  const asked = again(stream, refused, [upsert('b', DAY, 'mended')], ['b'], { warn });
  assert.deepEqual([await publishAll(asked), [...asked.left()]], [[50, 0], [`d:${DAY}`]]);
  assert.equal(told.length, 1);
  assert.match(told[0]!, /^s\/0: 1 dead letters were not published again.*: throughline dlq retry$/);
  const next = again(stream, publisher, [upsert('b', DAY, 'mended')], ['b']);
  assert.deepEqual([await publishAll(next), next.left().size], [[1, 1], 0]);
});

test('of a source that was not read to its end nothing is published', async () => {
  await using stream = await streamLake();
  await using publisher = await begin(stream);
  const stop = new AbortController();
  const openSource = sourceOf([upsert('b', DAY, 'older')], async () => stop.abort());
  const cut = again(stream, publisher, [], ['b'], { openSource, signal: stop.signal });
  await assert.rejects(publishAll(cut), { name: 'AbortError' });
  assert.deepEqual(await idsOf(stream, 'dead_letters'), ['b', 'c']);
  assert.deepEqual(await idsOf(stream, 'records'), ['a']);
});

test('a newer message that becomes a dead letter while the source is read is not taken for the older one', async () => {
  await using stream = await streamLake();
  await using publisher = await begin(stream);
  const build = { ...stream.build, tables: { ...stream.build.tables } };
  await using other = await stream.openPublisher(build, 'another run');
  const newer = { stream: STREAM, after: 2, to: 3, changes: [upsert('b', DAY, '')] };
  const openSource = sourceOf([upsert('b', DAY, 'old')], () => other.publish(newer));
  assert.deepEqual(await publishAll(again(stream, publisher, [], ['b'], { openSource })), [0, 0]);
  assert.deepEqual(await idsOf(stream, 'dead_letters'), ['b', 'c']);
  assert.deepEqual(await idsOf(stream, 'records'), ['a']);
});

test('a batch that was begun before, and is given once more after it, is whole', async () => {
  await using stream = await streamLake();
  await using publisher = await begin(stream);
  const tables = { ...stream.build.tables };
  const app = `pipeline/${stream.build.info.digest}/stream/records/${STREAM}`;
  let isBroken = true;
  const breaking = new Proxy(tables, {
    set(all, name, snapshot) {
      Object.assign(all, { [name]: snapshot });
      if (name === 'records' && isBroken && snapshot.txn(app) === 4) throw new Error('the store is away');
      return true;
    },
  });
  await using other = await stream.openPublisher({ ...stream.build, tables: breaking });
  const batch = { stream: STREAM, after: 2, to: 3, changes: [upsert('b', DAY, ''), upsert('d', DAY, 'new')] };
  await assert.rejects(other.publish(batch), /the store is away/);
  isBroken = false;
  assert.deepEqual(await publishAll(again(stream, publisher, [upsert('b', DAY, 'mended')], ['b'])), [1, 1]);
  assert.equal((await other.publish(batch)).committed, true);
  assert.deepEqual(await idsOf(stream, 'records'), ['a', 'd']);
  assert.deepEqual(await idsOf(stream, 'passages'), ['a', 'd']);
  assert.deepEqual(await idsOf(stream, 'dead_letters'), ['b', 'c'], 'it was made by the function of before');
});

test('what the source has no message of is told once, and stays', async () => {
  await using stream = await streamLake();
  await using publisher = await stream.openPublisher();
  const changes = [upsert('a', DAY, ''), upsert('b', DAY, ''), bad];
  await publisher.publish({ stream: STREAM, after: null, to: 2, changes });
  const told: string[] = [];
  const warn = (message: string) => told.push(message);
  // The source is read once for each of them.
  const each = again(stream, publisher, [bad], ['a', 'b', 'c'], { most: 1, warn });
  assert.deepEqual(await publishAll(each), [0, 0]);
  assert.equal(told.length, 1);
  assert.match(told[0]!, /no message with the ids of 2 of the dead letters/);
  assert.deepEqual(await idsOf(stream, 'dead_letters'), ['a', 'b', 'c']);
});

test('killed between two tables, it is done once more and comes to the same', async () => {
  for (const table of ['records', 'passages'] as const) {
    await using stream = await streamLake();
    await using publisher = await begin(stream);
    const source = [upsert('b', DAY, 'mended')];
    const whole = stream.build.tables;
    const mortal = new Proxy(whole, {
      set(all, name, snapshot) {
        Object.assign(all, { [name]: snapshot });
        if (name === table && snapshot.txns().size > 0 && isKilling) throw new Error('killed');
        return true;
      },
    });
    let isKilling = false;
    Object.assign(stream.build, { tables: mortal });
    const first = again(stream, publisher, source);
    await assert.rejects(async () => {
      for await (const batch of first.feed.batches()) {
        isKilling = true;
        await first.publish(batch);
      }
    }, /killed/);
    Object.assign(stream.build, { tables: whole });
    assert.deepEqual(await idsOf(stream, 'dead_letters'), ['b', 'c'], 'it is not forgotten');
    assert.deepEqual(await publishAll(again(stream, publisher, source)), [1, 1]);
    for (const shown of ['records', 'passages'] as const)
      assert.deepEqual(await textsOf(stream, shown), [
        ['a', 'one'],
        ['b', 'mended'],
      ]);
    assert.deepEqual(await idsOf(stream, 'dead_letters'), ['c']);
  }
});
