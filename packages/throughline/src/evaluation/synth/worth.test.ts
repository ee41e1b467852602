import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worthOf } from './worth.ts';

const made = Array.from({ length: 100 });

test('a set says where it favours keyword search, and when it is small', () => {
  const say = (field: string, words: number, contained: number, count = 100) =>
    worthOf({ field, overlap: { words, contained }, made: made.slice(0, count) }).join('\n');
  assert.match(say('first-sentence', 1, 0.98), /98 % .*word for word, as a first sentence has to/);
  assert.match(say('title', 0.9, 0.1), /90 % of a query's words.*favours keyword search/);
  const fair = say('title', 0.4, 0);
  assert.doesNotMatch(fair, /favours|word for word|few/);
  assert.match(fair, /known-item search/);
  assert.match(say('title', 0.4, 0, 20), /20 queries are few/);
});
