import assert from 'node:assert/strict';
import { test } from 'node:test';
import { givenRows } from './given-rows.ts';
import type { WatchedRow } from './watched-table.ts';

function row(id: string | null, text: string, micros: number | null = 10): WatchedRow {
  return { id, watermark: null, micros, isDeleted: false, cells: [text] };
}

test('a row is new until it was given, and again when it is another', () => {
  const given = givenRows();
  const isNew = (...args: Parameters<typeof row>) => given.isNew(row(...args), 0);
  assert.deepEqual(
    [isNew('a', 'x'), isNew('a', 'x'), isNew('a', 'y'), isNew('a', 'x')],
    [true, false, true, true],
  );
  assert.ok(given.isNew({ ...row('a', 'x'), isDeleted: true }, 0));
  given.forget('a');
  assert.ok(given.isNew({ ...row('a', 'x'), isDeleted: true }, 0));
});

test('what has no id, no time, or a time before the overlap is not remembered', () => {
  const given = givenRows();
  for (const one of [row(null, 'x'), row('a', 'x', null), row('b', 'x', 9)])
    for (let i = 0; i < 2; i++) assert.ok(given.isNew(one, 10));
  assert.equal(given.size, 0);
});

test('rows leave with the overlap, unless they were seen with a newer time', () => {
  const given = givenRows();
  for (const id of ['a', 'b', 'c']) given.isNew(row(id, 'x', 10), 0);
  given.isNew(row('b', 'x', 20), 0);
  given.dropBefore(15);
  assert.equal(given.size, 1);
  assert.ok(!given.isNew(row('b', 'x', 20), 0));
});

test('no more are remembered than there may be, and those that are stay', () => {
  const given = givenRows(2);
  for (const id of ['a', 'b', 'c', 'd']) assert.ok(given.isNew(row(id, 'x'), 0));
  assert.equal(given.size, 2);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((id) => given.isNew(row(id, 'x'), 0)),
    [false, false, true, true],
  );
});
