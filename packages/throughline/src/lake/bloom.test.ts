import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { bloomFilter } from './bloom.ts';

const digest = (i: number) => createHash('sha256').update(String(i)).digest('hex');

test('what was added is always found, and little else', () => {
  const filter = bloomFilter();
  for (let i = 0; i < 20_000; i++) filter.add(digest(i));
  let mistakes = 0;
  for (let i = 0; i < 20_000; i++) {
    assert.ok(filter.mayHave(digest(i)));
    if (filter.mayHave(digest(20_000 + i))) mistakes++;
  }
  assert.ok(mistakes < 20, `${mistakes} mistakes`);
});
