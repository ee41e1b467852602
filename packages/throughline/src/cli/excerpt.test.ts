import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { excerpt } from './excerpt.ts';

const spansOf = (text: string, word: string) =>
  [...text.matchAll(new RegExp(word, 'g'))].map(({ index }) => ({ start: index, end: index + word.length }));

test('a short text is shown whole, with its highlights marked', () => {
  const text = 'a late fee,\nagain a late fee';
  assert.equal(
    excerpt(text, spansOf(text, 'late'), 100, (word) => `[${word}]`),
    'a [late] fee, again a [late] fee',
  );
});

test('of a long text the part with the most highlights is shown', () => {
  const text = `late ${'filler '.repeat(60)}late fee, late fee, late fee ${'end '.repeat(60)}`;
  const shown = excerpt(text, spansOf(text, 'late'), 120);
  assert.equal(shown.match(/late/g)?.length, 3);
  assert.match(shown, /^\.\.\. filler .* \.\.\.$/);
});

test('an excerpt is one line without control characters, and about as long as asked', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.integer({ min: 20, max: 200 }),
      (text, length) => {
        const shown = excerpt(text, [], length);
        assert.doesNotMatch(shown, /\p{Cc}/u);
        assert.ok(shown.length <= length + 8);
      },
    ),
  );
});
