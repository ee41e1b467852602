import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import {
  commit,
  createTable,
  history,
  openTable,
  type Snapshot,
  scan,
  writeParquet,
} from '@throughline/delta';
import { columnBatch } from '../lake/batch.ts';
import { deadLettersSchema, vectorsSchema } from '../lake/schemas.ts';
import { removeRows, removeUnread } from './remove-rows.ts';

const subject = {
  ids: new Set(['17', '3184567']),
  hashes: new Set(['aa']),
  passages: new Set<string>(),
  texts: new Set<string>(),
};

async function deadLetters(t: TestContext, rows: [id: string | null, payload: string][]): Promise<Snapshot> {
  const root = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const made = { schema: deadLettersSchema, partitionColumns: ['_chunk'] };
  const table = await createTable(root, made);
  const cells = rows.map(([id, payload]) => ['read', id, 'bad', 'it is bad', payload, 1n, 'run', 0n]);
  const batch = columnBatch(deadLettersSchema, ['_chunk'], cells);
  const add = await writeParquet({ root, ...made, partition: { _chunk: 'none' } }, [batch]);
  return (await commit(table, { operation: 'WRITE', add })).snapshot;
}

async function payloads({ root }: Snapshot): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { columns } of scan(await openTable(root), { columns: ['_payload'] }))
    found.push(...(columns._payload as string[]));
  return found;
}

test('dead letters go by their id, and without one by the row or line that came in', async (t) => {
  const other = ['{"id":"18","text":"17"}', '{"id":31845678', '17;a line that nobody can read'];
  const table = await deadLetters(t, [
    ['17', '{"id":"17"}'],
    [null, '{"id":17,"text":"a number"}'],
    [null, '{"id":"3184567","text":"cut off at the e'],
    ...other.map((payload): [null, string] => [null, payload]),
    ['18', '{"id":"18","text":"3184567"}'],
  ]);
  assert.equal(await removeRows(table, subject, Date.now), 1);
  assert.equal(await removeUnread(await openTable(table.root), subject, 'id', Date.now), 2);
  assert.deepEqual(await payloads(table), [...other, '{"id":"18","text":"3184567"}']);
  const told = (await history(table.root)).map(({ operation, info }) => [operation, info.throughline]);
  assert.deepEqual(told.slice(0, 2), [
    ['DELETE', { forgot: { none: 2 } }],
    ['DELETE', { forgot: { none: 1 } }],
  ]);
  assert.equal(await removeRows(await openTable(table.root), subject, Date.now), 0);
  assert.equal((await openTable(table.root)).version, 3, 'done again it commits nothing');
});

test('messages of a stream that nobody could read go by what is in them, whatever their key is', async (t) => {
  const message = (value: unknown) =>
    JSON.stringify({ topic: 'x', partition: 0, offset: 3, bytes: 9, value: JSON.stringify(value) });
  const other = message({ id: '18', text: '17' });
  const table = await deadLetters(t, [
    ['x/0/3', message({ id: '17' })],
    ['another key', message({ id: 3184567 }).slice(0, -3)],
    ['x/0/5', other],
  ]);
  assert.equal(await removeUnread(table, subject, 'id', Date.now), 2);
  assert.deepEqual(await payloads(table), [other]);
});

test('vectors go by the hash of their text', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const made = { schema: vectorsSchema, partitionColumns: ['_prefix'] };
  const table = await createTable(root, made);
  const columns = { _hash: ['aa', 'bb'], _embedding: Float32Array.of(1, 2, 3, 4) };
  const add = await writeParquet({ root, ...made, partition: { _prefix: 'new' } }, [{ rows: 2, columns }]);
  const { snapshot } = await commit(table, { operation: 'WRITE', add });
  assert.equal(await removeRows(snapshot, subject, Date.now), 1);
  for await (const { columns: left } of scan(await openTable(root)))
    assert.deepEqual([left._hash, left._embedding], [['bb'], Float32Array.of(3, 4)]);
});
