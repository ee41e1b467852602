import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
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

/** Those of DuckDB: it counts cores that the process may not use, too. */
async function threadsUnlessTold(): Promise<unknown> {
  const connection = await (await DuckDBInstance.create()).connect();
  return (await (await connection.run("SELECT current_setting('threads')")).getRows())[0]![0];
}

test('what a session has made and set is not there in the next, which has the instance of the one before', async () => {
  const first = await openSession(undefined, { oneThread: true });
  await first.connection.run('CREATE TEMP TABLE seen AS SELECT 1');
  const folder = (
    await (await first.connection.run(`SELECT current_setting('temp_directory')`)).getRows()
  )[0]![0];
  await Promise.all([first.close(), first.close()]);
  await first.close();
  assert.equal(await setting('temp_directory'), folder, 'of the same instance');
  await withSession(undefined, async (connection) => {
    await assert.rejects(connection.run('FROM seen'), /does not exist/);
  });
  assert.equal(await setting('threads'), await threadsUnlessTold());
});

test('two sessions at once have an instance each', async () => {
  const [one, other] = await Promise.all([openSession(undefined, { oneThread: true }), openSession()]);
  const threads = await other.connection.run("SELECT current_setting('threads')");
  assert.deepEqual(await threads.getRows(), [[await threadsUnlessTold()]]);
  await Promise.all([one.close(), other.close()]);
});

test('an instance that did not have room, and one that no longer answers, are not used again', async () => {
  const full = await openSession();
  const folder = String(
    (await (await full.connection.run("SELECT current_setting('temp_directory')")).getRows())[0]![0],
  );
  await full.connection.run(
    'CREATE TEMP TABLE large AS SELECT i, repeat(md5(i::VARCHAR), 20) AS filler FROM range(1000000) AS t(i)',
  );
  assert.ok(existsSync(folder), 'a folder for what does not fit');
  await full.close();
  assert.ok(!existsSync(folder), 'no folder is left');
  assert.notEqual(await setting('temp_directory'), folder);

  const silent = await openSession();
  silent.connection.closeSync();
  await silent.close();
  assert.equal(await setting('TimeZone'), 'UTC');
});
