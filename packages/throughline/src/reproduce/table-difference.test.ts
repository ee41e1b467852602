import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { array, commit, createTable, field, openPartWriter, type Snapshot, struct } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { tableDifference } from './table-difference.ts';

const SCHEMA = struct([field('id', 'string'), field('text', 'string'), field('vector', array('float'))]);
const KEY = { table: 'x', key: ['id'] };

async function tableOf(
  t: TestContext,
  rows: (readonly [string, string | null, number[]])[],
): Promise<Snapshot> {
  const root = await mkdtemp(join(tmpdir(), 'throughline-difference-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const table = await createTable(root, { schema: SCHEMA });
  const writer = await openPartWriter({ root, schema: SCHEMA, partitionColumns: [], partition: {} });
  const columns = {
    id: rows.map(([id]) => id),
    text: rows.map(([, text]) => text),
    vector: Float32Array.from(rows.flatMap(([, , vector]) => vector)),
  };
  await writer.append({ rows: rows.length, columns });
  return (await commit(table, { operation: 'WRITE', add: await writer.close() })).snapshot;
}

test('what differs is counted by column, to the last bit of a vector and the sign of a zero', async (t) => {
  const recorded = await tableOf(t, [
    ['a', 'same', [0.1, 1]],
    ['b', null, [0, 1]],
    ['c', 'x', [1 / 3, 1]],
    ['d', 'only here', [1, 1]],
    ['e', 'twice', [1, 1]],
    ['e', 'twice', [1, 1]],
  ]);
  const again = await tableOf(t, [
    ['e', 'twice', [1, 1]],
    ['c', 'x', [1 / 3 + 2 ** -25, 1]],
    ['b', null, [-0, 1]],
    ['a', 'same', [0.1, 1]],
    ['f', 'only there', [1, 1]],
    ['e', 'thrice', [1, 1]],
  ]);
  await using session = await openSession();
  const found = await tableDifference(session, recorded, again, KEY);
  assert.deepEqual(found, {
    table: 'x',
    rows: { recorded: 6, again: 6 },
    missing: 1,
    extra: 1,
    changed: { text: 1, vector: 2 },
    examples: ['b: vector', 'c: vector', 'd: missing', 'e: text', 'f: extra'],
  });
  const itself = await tableDifference(session, recorded, recorded, KEY);
  assert.deepEqual([itself.missing, itself.extra, itself.changed, itself.examples], [0, 0, {}, []]);
});
