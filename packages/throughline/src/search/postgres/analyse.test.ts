import assert from 'node:assert/strict';
import test from 'node:test';
import { lexeme, vectorText } from './analyse.ts';

test('a vector has the places of each stem, and no sign means anything in it', () => {
  assert.equal(vectorText(['late', 'fee', 'late']), "'late':1,3 'fee':2");
  assert.equal(lexeme("o'ne\\"), "'o''ne\\\\'");
});

test('a text of any length and kind makes a vector that Postgres takes', () => {
  const many = vectorText(Array.from({ length: 100_000 }, (_, i) => `${i}`.padStart(64, 'x')));
  assert.ok(Buffer.byteLength(many) < 1 << 20);
});
