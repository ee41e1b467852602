import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestChanges } from './newest-changes.ts';
import { upsert } from './testing/stream-lake.ts';

test('the last change of a record is what it is, in the order of the last changes', () => {
  const { rows, ids, deleted, superseded } = newestChanges(
    [
      upsert('a', '2024-01-01', 'one'),
      upsert('b', '2024-01-01', 'two'),
      { kind: 'delete', id: 'b' },
      upsert('c', '2024-01-01', 'three'),
      upsert('a', '2024-01-02', 'four'),
      { kind: 'delete', id: 'z' },
    ],
    'id',
  );
  assert.deepEqual(
    rows.map(({ id, body }) => [id, body]),
    [
      ['c', 'three'],
      ['a', 'four'],
    ],
  );
  assert.deepEqual([...ids].sort(), ['a', 'b', 'c', 'z']);
  assert.deepEqual([deleted, superseded], [2, 2]);
});

test('rows without an id are all kept: each becomes a dead letter of its own', () => {
  const unnamed = { kind: 'upsert', row: { body: 'x', day: null } } as const;
  const blank = { kind: 'upsert', row: { id: ' ', body: 'x', day: null } } as const;
  const { rows, ids } = newestChanges([unnamed, unnamed, blank, blank], 'id');
  assert.deepEqual([rows.length, ids.size], [4, 0]);
});

test('of what nobody can read of a record the last counts, and none where the record came after it', () => {
  const reject = (id: string | null, code: string) =>
    ({ kind: 'reject', deadLetter: { step: 'read', id, code, message: '', payload: '' } }) as const;
  const { rejected } = newestChanges(
    [
      reject('a', 'first'),
      reject('a', 'second'),
      reject('b', 'mended'),
      upsert('b', '2024-01-01', 'text'),
      reject(null, 'x'),
      reject(null, 'x'),
    ],
    'id',
  );
  assert.deepEqual(
    rejected.map(({ id, code }) => [id, code]),
    [
      ['a', 'second'],
      [null, 'x'],
      [null, 'x'],
    ],
  );
});
