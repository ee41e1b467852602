import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fuse, RRF_K } from './fuse.ts';
import { highlighter } from './highlight.ts';

const marked = (text: string, query: string) =>
  highlighter(query)(text).map(({ start, end }) => text.slice(start, end));

test('what both lists rank high comes first', () => {
  const fused = fuse([
    ['a', 'b', 'c'],
    ['b', 'd'],
  ]);
  assert.deepEqual(
    fused.map(({ id }) => id),
    ['b', 'a', 'd', 'c'],
  );
  assert.equal(fused[0]!.score, 1 / (RRF_K + 2) + 1 / (RRF_K + 1));
});

test('fusion keeps every id once, in an order that does not depend on the order of the lists', () => {
  const list = fc.uniqueArray(fc.constantFrom(...'abcdefghij'));
  fc.assert(
    fc.property(list, list, (one, other) => {
      const fused = fuse([one, other]);
      assert.deepEqual(new Set(fused.map(({ id }) => id)), new Set([...one, ...other]));
      assert.equal(fused.length, new Set([...one, ...other]).size);
      assert.deepEqual(fuse([other, one]), fused);
    }),
  );
});

test('words are marked in any form, with neighbours as one span', () => {
  assert.deepEqual(marked('Their phones CALLING me, and called again.', 'phone calling'), [
    'phones CALLING',
    'called',
  ]);
  assert.deepEqual(marked('Café charges', 'cafe charge'), ['Café charges']);
});

test('stop words are marked only if the query has nothing else', () => {
  assert.deepEqual(marked('It is not mine.', 'a debt that is not mine'), []);
  assert.deepEqual(marked('Who are they?', 'who are they'), ['Who are they']);
});

test('spans lie in the text, in order, and do not touch each other', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, query) => {
      let end = -1;
      for (const span of highlighter(`${query} ${text.slice(0, 5)}`)(text)) {
        assert.ok(span.start > end && span.end > span.start && span.end <= text.length);
        end = span.end;
      }
    }),
  );
});
