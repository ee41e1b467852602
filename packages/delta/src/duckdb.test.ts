import assert from 'node:assert/strict';
import test from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { openSession, withSession } from './duckdb.ts';

const setting = async (name: string) =>
  withSession(undefined, async (connection) => {
    return (await (await connection.run(`SELECT current_setting('${name}')`)).getRows())[0]![0];
  });

test('a session of our own is in UTC, with bounded memory, and fetches no extension', async () => {
  assert.equal(await setting('TimeZone'), 'UTC');
  assert.equal(await setting('memory_limit'), '488.2 MiB');
  assert.equal(await setting('autoinstall_known_extensions'), false);
});

test("the caller's connection is used as it is and stays open", async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  const session = await openSession(connection);
  assert.equal(session.connection, connection);
  await session.close();
  await connection.run('SELECT 1');
});
