import assert from 'node:assert/strict';
import test from 'node:test';
import { add, emptyFolder, SCHEMA } from '../test/table.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { history, readCommit } from './history.ts';
import { openTable } from './open-table.ts';

test('history tells what was committed, newest first', async (t) => {
  const root = await emptyFolder(t);
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'], clock: () => 1 });
  const change = {
    operation: 'WRITE',
    operationParameters: { mode: 'Append', by: ['part'] },
    add: [add('x')],
  };
  await commit(
    table,
    { ...change, operationMetrics: { numOutputRows: '9' }, info: { run: 'r1' } },
    { clock: () => 5 },
  );
  const [newest, first, ...rest] = await history(root);
  assert.equal(rest.length, 0);
  assert.deepEqual(
    [
      newest!.version,
      newest!.timestamp,
      newest!.operation,
      newest!.operationParameters,
      newest!.operationMetrics,
    ],
    [
      1,
      5,
      'WRITE',
      { mode: 'Append', by: '["part"]' },
      { numFiles: '1', numOutputBytes: '1', numOutputRows: '9' },
    ],
  );
  assert.deepEqual([newest!.info.run, newest!.info.readVersion, first!.operation], ['r1', 0, 'CREATE TABLE']);
  assert.equal((await history(root, 1)).length, 1);
});

test('every time in the history opens its own version, though clocks went back', async (t) => {
  const root = await emptyFolder(t);
  let snapshot = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'], clock: () => 9000 });
  for (const now of [5000, 5000, 1, 20_000, 19_999]) {
    const change = { operation: 'WRITE', add: [add(`f${snapshot.version}`)] };
    snapshot = (await commit(snapshot, change, { clock: () => now })).snapshot;
  }
  for (const { version, timestamp } of await history(root)) {
    assert.equal((await openTable(root, { timestamp })).version, version);
  }
});

test('a table or commit that is not there is an error', async (t) => {
  const root = await emptyFolder(t);
  await assert.rejects(history(root), { code: 'TABLE_NOT_FOUND' });
  await assert.rejects(readCommit(root, 0), { code: 'VERSION_NOT_FOUND' });
});
