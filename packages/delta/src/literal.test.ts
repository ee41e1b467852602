import assert from 'node:assert/strict';
import test from 'node:test';
import { withSession } from './duckdb.ts';
import { partitionLiteral } from './literal.ts';
import type { DataType } from './schema.ts';

const literalIn = async (value: string | null, type: DataType) =>
  withSession(undefined, async (connection) => {
    await connection.run("SET TimeZone = 'America/New_York'");
    const literal = partitionLiteral(value, type);
    const sql = type === 'timestamp' ? `epoch_us(${literal})` : `CAST(${literal} AS VARCHAR)`;
    const result = await connection.run(`SELECT ${sql}, typeof(${literal})`);
    return (await result.getRows())[0];
  });

test('a value from the log has the type of its column', async () => {
  assert.deepEqual(await literalIn('-5', 'short'), ['-5', 'SMALLINT']);
  assert.deepEqual(await literalIn('2024-02-29', 'date'), ['2024-02-29', 'DATE']);
  assert.deepEqual(await literalIn('true', 'boolean'), ['true', 'BOOLEAN']);
  assert.deepEqual(await literalIn('1.50', 'decimal(5,2)'), ['1.50', 'DECIMAL(5,2)']);
  assert.deepEqual(await literalIn("it's ü / % ", 'string'), ["it's ü / % ", 'VARCHAR']);
});

test('a timestamp is in UTC in each of its forms, whatever the zone of the session', async () => {
  const micros = 1_704_067_200_123_456n;
  for (const text of [
    '2024-01-01 00:00:00.123456',
    '2024-01-01T00:00:00.123456Z',
    '2024-01-01 01:00:00.123456+01:00',
  ]) {
    assert.deepEqual(await literalIn(text, 'timestamp'), [micros, 'TIMESTAMP WITH TIME ZONE'], text);
  }
});

test('null and "" are null of the type', async () => {
  assert.deepEqual(await literalIn(null, 'long'), [null, 'BIGINT']);
  assert.deepEqual(await literalIn('', 'date'), [null, 'DATE']);
});
