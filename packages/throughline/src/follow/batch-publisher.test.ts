import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { committedPosition } from '../lake/stream-commit.ts';
import type { Change } from '../source/change-feed.ts';
import { streamLake, upsert } from './testing/stream-lake.ts';

const reject = (id: string): Change => ({
  kind: 'reject',
  deadLetter: { step: 'read', id, code: 'bad_json', message: 'no JSON', payload: '{' },
});

test('an update reaches a record in whatever chunk it is, a delete too, and poison is a dead letter', async () => {
  await using stream = await streamLake();
  await using publisher = await stream.openPublisher();
  const first = await publisher.publish({
    ...{ stream: 's/0', after: null, to: 3 },
    changes: [
      upsert('a', '2024-01-01', 'one'),
      upsert('b', '2024-01-01', 'two'),
      upsert('c', '2024-01-02', ''),
    ],
  });
  assert.deepEqual([first.committed, first.counts.records, first.counts.deadLetters], [true, 2, 1]);
  assert.deepEqual([...stream.changed].sort(), ['d:2024-01-01', 'd:2024-01-02']);
  stream.changed.clear();
  await publisher.publish({
    ...{ stream: 's/0', after: 3, to: 7 },
    changes: [
      upsert('a', '2024-01-05', 'one, moved'),
      { kind: 'delete', id: 'b' },
      upsert('c', '2024-01-02', 'now with a text'),
      reject('s/0/7'),
    ],
  });
  assert.deepEqual([...stream.changed].sort(), ['d:2024-01-01', 'd:2024-01-02', 'd:2024-01-05', 'none']);
  const records = await stream.rows('records', ['_id', '_chunk', '_text']);
  assert.deepEqual(records.sort(), [
    ['a', 'd:2024-01-05', 'one, moved'],
    ['c', 'd:2024-01-02', 'now with a text'],
  ]);
  assert.deepEqual((await stream.rows('passages', ['_id', '_text'])).sort(), [
    ['a', 'one, moved'],
    ['c', 'now with a text'],
  ]);
  assert.deepEqual(await stream.rows('dead_letters', ['_id', '_code', '_chunk']), [
    ['s/0/7', 'bad_json', 'none'],
  ]);
});

test('a row that no step can process is a dead letter, and the rows beside it are records', async () => {
  const sql = 'SELECT id, day, body, CAST(CAST(product AS INTEGER) AS VARCHAR) AS product FROM input';
  await using stream = await streamLake(`transform: [{ sql: "${sql}" }]\n`);
  await using publisher = await stream.openPublisher();
  const rows = ['1', '2', 'three', '4', '5'].map((product, i) =>
    upsert(`r${i}`, '2024-01-01', 'text', product),
  );
  const { counts } = await publisher.publish({ stream: 's/0', after: null, to: 5, changes: rows });
  assert.deepEqual([counts.records, counts.deadLetters], [4, 1]);
  assert.deepEqual((await stream.rows('records', ['_id', 'product'])).sort(), [
    ['r0', '1'],
    ['r1', '2'],
    ['r3', '4'],
    ['r4', '5'],
  ]);
  const dead = await stream.rows('dead_letters', ['_id', '_step', '_code']);
  assert.deepEqual(dead, [['r2', 'transform', 'transform_failed']]);
});

test('poison says nothing of the record of its key', async () => {
  await using stream = await streamLake();
  await using publisher = await stream.openPublisher();
  await publisher.publish({ stream: 's/0', after: null, to: 1, changes: [upsert('a', '2024-01-01', 'one')] });
  await publisher.publish({ stream: 's/0', after: 1, to: 2, changes: [reject('a')] });
  assert.deepEqual(await stream.rows('records', ['_id']), [['a']]);
  assert.equal((await stream.rows('dead_letters', ['_id'])).length, 1);
  await publisher.publish({ stream: 's/0', after: 2, to: 3, changes: [upsert('a', '2024-01-01', 'two')] });
  assert.deepEqual(await stream.rows('dead_letters', ['_id']), [], 'it is no longer so');
});

test('who lost the stream to another process commits nothing', async () => {
  await using stream = await streamLake();
  await using publisher = await stream.openPublisher();
  await using other = await stream.openPublisher();
  const batch = { stream: 's/0', after: null, to: 5, changes: [upsert('a', '2024-01-01', 'one')] };
  assert.equal((await publisher.publish(batch)).committed, true);
  assert.equal((await other.publish(batch)).committed, true, 'the same once more is no fault');
  const longer = { ...batch, to: 9, changes: [...batch.changes, upsert('z', '2024-01-01', 'last')] };
  assert.equal((await other.publish(longer)).committed, false);
  assert.deepEqual(await stream.rows('records', ['_id']), [['a']]);
});

test('whatever changes come in whatever batches, the tables are the newest state of each record', async () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const day = fc.constantFrom('2024-01-01', '2024-01-02', '2024-01-03');
  const change = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(id, day, fc.constantFrom('x', 'y', 'z')).map((row) => upsert(...row)) },
    { weight: 1, arbitrary: id.map((one): Change => ({ kind: 'delete', id: one })) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { maxLength: 6 }), { minLength: 1, maxLength: 5 }),
      async (batches) => {
        await using stream = await streamLake();
        const expected = new Map<string, unknown[]>();
        await using publisher = await stream.openPublisher();
        for (const [i, changes] of batches.entries()) {
          const after = committedPosition('pipeline', stream.build, 's/0');
          assert.equal(after, i === 0 ? null : i);
          await publisher.publish({ stream: 's/0', after, to: i + 1, changes });
          for (const one of changes)
            if (one.kind === 'upsert') {
              const { id, day, body } = one.row;
              expected.set(id!, [id, `d:${day}`, body]);
            } else if (one.kind === 'delete') expected.delete(one.id);
        }
        const rows = [...expected.values()].sort();
        assert.deepEqual((await stream.rows('records', ['_id', '_chunk', '_text'])).sort(), rows);
        assert.deepEqual((await stream.rows('passages', ['_id', '_chunk', '_text'])).sort(), rows);
      },
    ),
    { numRuns: 12 },
  );
});
