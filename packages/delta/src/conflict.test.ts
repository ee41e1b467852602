import assert from 'node:assert/strict';
import test from 'node:test';
import { add, SCHEMA } from '../test/table.ts';
import type { Commit } from './commit.ts';
import { checkConflict } from './conflict.ts';
import { ConcurrentModificationError } from './errors.ts';
import { PROTOCOL } from './protocol.ts';
import { replay } from './replay.ts';

const metaData = {
  id: 'x',
  format: { provider: 'parquet', options: {} },
  schemaString: JSON.stringify(SCHEMA),
  partitionColumns: ['part'],
  configuration: {},
};
const base = replay('/t', undefined, [
  { version: 0, timestamp: 0, actions: [{ protocol: PROTOCOL }, { metaData }, { add: add('old', 'p') }] },
]);
const after = (...actions: Parameters<typeof replay>[2][number]['actions'][number][]) =>
  replay('/t', base, [{ version: 1, timestamp: 1, actions }]);
const change: Commit = { operation: 'WRITE', add: [] };
const replaceP: Commit = { ...change, replace: { partition: { part: 'p' } } };

test('an append conflicts with no change of data', async () => {
  await checkConflict(
    base,
    after({ add: add('x', 'p') }, { remove: { path: 'old', dataChange: true } }),
    change,
  );
});

test('a replace conflicts with what was added or removed in its own partition', async () => {
  await checkConflict(base, after({ add: add('x', 'q') }), replaceP);
  await assert.rejects(
    checkConflict(base, after({ add: add('x', 'p') }), replaceP),
    ConcurrentModificationError,
  );
  const removed = after({ remove: { path: 'old', dataChange: true } });
  await assert.rejects(checkConflict(base, removed, replaceP), ConcurrentModificationError);
});

test('a replace with txn conflicts with no change of data: the txn decides', async () => {
  await checkConflict(base, after({ add: add('x', 'p') }), { ...replaceP, txn: { appId: 'a', version: 1 } });
});

test('everything conflicts with a change of metadata or protocol', async () => {
  const renamed = after({ metaData: { ...metaData, name: 'new' } });
  const upgraded = after({ protocol: { minReaderVersion: 1, minWriterVersion: 3 } });
  for (const fresh of [renamed, upgraded]) {
    await assert.rejects(checkConflict(base, fresh, change), ConcurrentModificationError);
  }
});
