import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkCursor, parseCursor, printCursor } from './cursor.ts';

const cursor = { index: 'abc-v3', question: '0123456789abcdef', depth: 200, offset: 10 };

test('a cursor is read as it was written', () => {
  assert.deepEqual(parseCursor(printCursor(cursor)), cursor);
  assert.match(printCursor(cursor), /^[\w-]+$/);
});

test('any other text is a usage error', () => {
  const other = (change: unknown[]) => Buffer.from(JSON.stringify(change)).toString('base64url');
  for (const text of [
    '',
    'x',
    other([]),
    other([2, 'abc', 'q', 200, 10]),
    other([1, 'abc', 'q', 200, -1]),
    other([1, 'abc', 'q', 1e9, 10]),
    other([1, 'abc', 'q', 200, 10.5]),
  ])
    assert.throws(() => parseCursor(text), { code: 'usage', exitCode: 64 }, text);
  fc.assert(fc.property(fc.string(), (text) => assert.throws(() => parseCursor(text), { exitCode: 64 })));
});

test('a cursor of another index or another question is refused, and says which', () => {
  checkCursor(cursor, cursor.index, cursor.question);
  assert.throws(() => checkCursor(cursor, 'abc-v4', cursor.question), /abc-v3/);
  assert.throws(() => checkCursor(cursor, cursor.index, 'other'), { exitCode: 64 });
});
