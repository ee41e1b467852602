/** Kills between the tables of a micro-batch: what a start with other boundaries makes of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StreamLake, streamLake, upsert } from '../follow/testing/stream-lake.ts';
import type { Change, FeedBatch } from '../source/change-feed.ts';
import type { BuildTable } from './build.ts';
import { committedPosition } from './stream-commit.ts';

const reject = (id: string | null = null): Change => ({
  kind: 'reject',
  deadLetter: {
    ...{ step: 'read', id, code: 'bad_json', message: 'no JSON', payload: '{' },
  },
});

/** Publishes the batch as a process that is killed when this table is committed. */
async function killedAfter({ build, openPublisher }: StreamLake, table: BuildTable, batch: FeedBatch) {
  await using publisher = await openPublisher();
  const { tables } = build;
  const begun = tables[table].version;
  const mortal = new Proxy(tables, {
    set(all, name, snapshot) {
      all[name as BuildTable] = snapshot;
      if (name === table && snapshot.version > begun) throw new Error('killed');
      return true;
    },
  });
  Object.assign(build, { tables: mortal });
  await assert.rejects(publisher.publish(batch), /killed/);
  Object.assign(build, { tables });
}

const positionOf = ({ build }: StreamLake) => committedPosition('pipeline', build, 's/0');

test('late rows of the same position that came after the kill are not left out', async () => {
  await using stream = await streamLake();
  const batch = (changes: Change[]) => ({ stream: 's/0', after: null, to: 1, changes });
  await killedAfter(stream, 'records', batch([upsert('a', '2024-01-01', 'one')]));
  await using publisher = await stream.openPublisher();
  const both = batch([upsert('a', '2024-01-01', 'two'), upsert('b', '2024-01-01', 'three')]);
  assert.equal((await publisher.publish(both)).committed, true);
  const rows = [
    ['a', 'two'],
    ['b', 'three'],
  ];
  assert.deepEqual((await stream.rows('records', ['_id', '_text'])).sort(), rows);
  assert.deepEqual((await stream.rows('passages', ['_id', '_text'])).sort(), rows);
});

test('a start with shorter batches comes to the same, dead letters too', async () => {
  for (const table of ['dead_letters', 'records'] as const) {
    await using stream = await streamLake();
    const changes = [
      upsert('a', '2024-01-01', 'one'),
      reject('s/0/2'),
      upsert('c', '2024-01-01', ''),
      upsert('a', '2024-01-02', 'newest'),
    ];
    await killedAfter(stream, table, { stream: 's/0', after: null, to: 4, changes });
    await using publisher = await stream.openPublisher();
    for (const [i, change] of changes.entries()) {
      const after = positionOf(stream);
      assert.equal(after, i === 0 ? null : i);
      const { committed } = await publisher.publish({ stream: 's/0', after, to: i + 1, changes: [change] });
      assert.equal(committed, true);
    }
    assert.deepEqual(await stream.rows('records', ['_id', '_text']), [['a', 'newest']]);
    assert.deepEqual(await stream.rows('passages', ['_id', '_text']), [['a', 'newest']]);
    assert.deepEqual((await stream.rows('dead_letters', ['_id'])).sort(), [['c'], ['s/0/2']]);
  }
});

test('the same batch tried again leaves a dead letter without an id once', async () => {
  await using stream = await streamLake();
  const batch = { stream: 's/0', after: null, to: 2, changes: [reject(), upsert('a', '2024-01-01', 'one')] };
  await killedAfter(stream, 'dead_letters', batch);
  await using publisher = await stream.openPublisher();
  assert.equal((await publisher.publish(batch)).committed, true);
  assert.deepEqual(await stream.rows('dead_letters', ['_id']), [[null]]);
  assert.deepEqual(await stream.rows('passages', ['_id']), [['a']]);
});

test('chunks are told as soon as a table has other rows of them, and once more where an answer got lost', async () => {
  await using stream = await streamLake();
  const batch = { stream: 's/0', after: null, to: 1, changes: [upsert('a', '2024-01-01', 'one')] };
  await killedAfter(stream, 'records', batch);
  assert.deepEqual([...stream.changed], ['d:2024-01-01'], 'the batch may never be published');
  await killedAfter(stream, 'passages', batch);
  stream.changed.clear();
  await using publisher = await stream.openPublisher();
  assert.equal((await publisher.publish(batch)).committed, true);
  assert.deepEqual([...stream.changed], ['d:2024-01-01'], 'who published it was gone');
});

test('other rows that another process has published at the same position are not taken for its own', async () => {
  await using stream = await streamLake();
  await using publisher = await stream.openPublisher();
  const batch = (id: string) => ({
    ...{ stream: 's/0', after: null, to: 1 },
    changes: [upsert(id, '2024-01-01', id)],
  });
  assert.equal((await publisher.publish(batch('a'))).committed, true);
  assert.equal((await publisher.publish(batch('b'))).committed, false);
  assert.deepEqual(await stream.rows('records', ['_id']), [['a']]);
});
