import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refreshTables } from '../lake/build.ts';
import { committedPosition } from '../lake/stream-commit.ts';
import { openCompactor } from './compact.ts';
import { streamLake, upsert } from './testing/stream-lake.ts';

test('an open chunk is joined when it has many files, a past one at once and then for several late rows', async () => {
  await using stream = await streamLake();
  await using publisher = await stream.openPublisher();
  let today = '2024-01-01';
  const compactor = openCompactor(
    (chunk) => chunk < `d:${today}`,
    () => 0,
  );
  let n = 0;
  const publish = async (day: string, times: number) => {
    for (let i = 0; i < times; i++) {
      const after = committedPosition('pipeline', stream.build, 's/0');
      await publisher.publish({
        stream: 's/0',
        after,
        to: ++n,
        changes: [upsert(`r${n}`, day, `text ${n}`)],
      });
    }
  };
  const filesOf = async () => {
    await refreshTables(stream.build);
    return (await stream.build.tables.passages.files()).length;
  };
  await publish('2024-01-01', 31);
  await compactor.compact(stream.build);
  assert.equal(await filesOf(), 31);
  await publish('2024-01-01', 1);
  await compactor.compact(stream.build);
  assert.equal(await filesOf(), 1);
  await publish('2024-01-01', 1);
  today = '2024-01-02';
  await compactor.compact(stream.build);
  assert.equal(await filesOf(), 1, 'its window is past');
  await publish('2024-01-01', 2);
  await compactor.compact(stream.build);
  assert.equal(await filesOf(), 3, 'late rows wait for others');
  await publish('2024-01-01', 1);
  await compactor.compact(stream.build);
  assert.equal(await filesOf(), 1);
  assert.equal((await stream.rows('records', ['_id'])).length, n, 'no row is lost');
});
