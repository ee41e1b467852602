import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession } from './session.ts';

test('every connection of a session reads times in UTC, whatever the zone of the machine', async (t) => {
  const before = process.env.TZ;
  process.env.TZ = 'Asia/Tokyo';
  t.after(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });
  await using session = await openSession();
  const sql =
    "SELECT current_setting('TimeZone') AS zone, TIMESTAMPTZ '2024-01-01 00:00:00' = TIMESTAMPTZ '2024-01-01 00:00:00Z' AS same";
  assert.deepEqual(await session.query(sql), [{ zone: 'UTC', same: true }]);
  for await (const rows of session.stream(sql)) assert.deepEqual(rows, [['UTC', true]]);
  const other = await session.connect();
  assert.deepEqual((await other.runAndReadAll(sql)).getRowsJS(), [['UTC', true]]);
});
