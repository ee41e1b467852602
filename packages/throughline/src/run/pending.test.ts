import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChunkEvent, ChunkState } from '../chunk/ledger.ts';
import { dueChunks } from './pending.ts';

const chunk = (id: string, digest = '1:a') => ({ id, rows: 1, digest, from: id, to: `${id}~` });
const state = (attempt: number, digest = '1:a', records = 1): ChunkState => {
  const done: ChunkEvent = { chunk: '', attempt, event: 'done', owner: '', run: '', at: 0, digest, records };
  return { attempt, last: done, done };
};
const known = (states: Record<string, ChunkState>, committed: Record<string, number>) => ({
  states: new Map(Object.entries(states)),
  committed: (id: string) => committed[id] ?? 0,
});
const ids = (chunks: readonly { id: string }[]) => chunks.map(({ id }) => id);

test('a chunk is due until it is published with the digest that it has now', () => {
  const states = { same: state(1), changed: state(1, '1:b'), unpublished: state(2) };
  const due = dueChunks(
    ['new', 'same', 'changed', 'unpublished'].map((id) => chunk(id)),
    {},
    known(states, { same: 1, changed: 1, unpublished: 1 }),
  );
  assert.deepEqual(ids(due.due), ['new', 'changed', 'unpublished']);
  assert.deepEqual(ids(due.unchanged), ['same']);
});

test('a chunk is due again after a later attempt that was claimed, or has reached one table only', () => {
  const states = { claimed: { ...state(1), attempt: 2 }, torn: state(1), whole: state(2) };
  const due = dueChunks(
    Object.keys(states).map((id) => chunk(id)),
    {},
    known(states, { claimed: 1, torn: 2, whole: 2 }),
  );
  assert.deepEqual(ids(due.due), ['claimed', 'torn']);
});

test('beside a stream a chunk that was copied is not due, whatever became of its rows since', () => {
  const states = {
    copied: state(7, 'stream'),
    changed: state(7, 'stream'),
    torn: { ...state(1), attempt: 2 },
  };
  const due = dueChunks(
    Object.keys(states).map((id) => chunk(id)),
    {},
    { ...known(states, { copied: 1, changed: 1, torn: 2 }), isCopied: (id) => id === 'copied' },
  );
  assert.deepEqual(ids(due.due), ['changed', 'torn']);
});

test('force runs chunks again that have not changed', () => {
  const due = dueChunks([chunk('same')], { force: true }, known({ same: state(1) }, { same: 1 }));
  assert.deepEqual(ids(due.due), ['same']);
});

test('from and to take whole windows, half-open', () => {
  const chunks = ['2024-01-01', '2024-01-08', '2024-01-15'].map((id) => chunk(id));
  const { due } = dueChunks(chunks, { from: '2024-01-08', to: '2024-01-15' }, known({}, {}));
  assert.deepEqual(ids(due), ['2024-01-08']);
});

test('a chunk that left the source is kept, unless it is named: then it runs with no rows', () => {
  const before = known({ gone: state(1), empty: state(1, '0:0', 0) }, { gone: 1, empty: 1 });
  assert.deepEqual(dueChunks([], {}, before), { due: [], unchanged: [], vanished: ['gone'] });
  const named = dueChunks([], { chunks: ['gone'] }, before);
  assert.deepEqual(named.due, [{ id: 'gone', rows: 0, digest: '0:0' }]);
  assert.deepEqual(named.vanished, []);
});

test('dead letters of no chunk, and ranges of rows, go when the source no longer has them', () => {
  const before = known({ none: state(1), 'r:000000010000': state(1) }, { none: 1, 'r:000000010000': 1 });
  assert.deepEqual(ids(dueChunks([], {}, before).due), ['none', 'r:000000010000']);
  assert.deepEqual(ids(dueChunks([], { chunks: ['none'] }, before).due), ['none']);
});
