import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTerms, plainTerms, type Term, wordsOf } from './keyword-query.ts';

/** As it would be typed. */
const shown = (terms: Term[] | undefined) =>
  terms?.map(
    ({ occurs, words, isPrefix }) =>
      `${{ should: '', must: '+', not: '-' }[occurs]}${words.join('_')}${isPrefix ? '*' : ''}`,
  );

test('phrases, signs and prefixes are read, and words between them', () => {
  assert.deepEqual(shown(parseTerms('"late fee" +bank -card charg* again')), [
    '+late_fee',
    '+bank',
    '-card',
    'charg*',
    'again',
  ]);
  assert.deepEqual(shown(parseTerms('-"credit card" bank')), ['-credit_card', 'bank']);
  assert.deepEqual(shown(parseTerms('+"late fee" +coll*')), ['+late_fee', '+coll*']);
});

test('a word with a mark inside of it is a row of words where it must be there, else its words', () => {
  assert.deepEqual(shown(parseTerms('+e-mail pre-paid')), ['+e_mail', 'pre', 'paid']);
  assert.deepEqual(shown(parseTerms("+don't U.S.A. 3.50")), ["+don't", 'U.S.A', '3.50']);
});

test('what is only nearly syntax is words', () => {
  for (const text of [
    'late fees',
    '"late fees',
    'late "fees',
    'they called - twice',
    'a + b',
    'e-mail and pre-paid',
    '-5 degrees and +1 555 0100',
    'product:"x"',
    'languages that are "extensible" only',
    '(debt OR',
    'NOT',
    '*',
    '** ++ -- ""',
    '-card',
    '-card -"credit union"',
    '\u{1f600}',
    '',
  ])
    assert.equal(parseTerms(text), undefined, text);
});

test('a text that was pasted is words, whatever it has in quotes', () => {
  assert.equal(parseTerms(`"late fee" ${'word '.repeat(64)}`), undefined);
});

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom('"', '+', '-', '*', ' ', '  ', '\n', '(', ')', '\\', ':', '^', 'OR', 'NOT', 'AND', "'"),
    fc.constantFrom('late', 'fee', 'é', '日本', '\u{1f600}', '3', '.', '\0'),
    fc.string({ unit: 'binary' }),
  ),
  { maxLength: 12 },
);

test('any text has a meaning, and its terms are words of it', () => {
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = parts.join('');
      const words = wordsOf(text);
      for (const { words: own, isPrefix } of parseTerms(text) ?? plainTerms(text)) {
        assert.ok(own.length > 0 && (!isPrefix || own.length === 1));
        for (const word of own) assert.ok(words.includes(word), `${word} of ${JSON.stringify(text)}`);
      }
    }),
  );
});

test('text without signs, quotes and stars is always words', () => {
  const plain = pieces.map((parts) => parts.join('').replace(/["+*-]/g, ' '));
  fc.assert(fc.property(plain, (text) => assert.equal(parseTerms(text), undefined)));
});
