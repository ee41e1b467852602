import assert from 'node:assert/strict';
import test from 'node:test';
import { coherence, diversity } from './coherence.ts';

const TEXTS = [
  'The annual fee of my card',
  'An annual fee, and a card that was declined',
  'The card was declined',
  'A debt collector calls',
  'Debt collectors call every day',
  'My mortgage',
];

test('words that are always together have 1, words that never are -1', () => {
  const [always, ...others] = coherence(TEXTS, [['annual', 'fee'], ['fee', 'mortgage'], ['mortgage'], []]);
  assert.ok(Math.abs(always! - 1) < 1e-12);
  assert.deepEqual(others, [-1, null, null]);
});

test('the mean over pairs is that of the counts, whatever form a word has, phrases included', () => {
  const [value] = coherence(TEXTS, [['card', 'fees', 'annual fee']]);
  const npmi = (a: number, b: number, both: number) => Math.log((both * 6) / (a * b)) / -Math.log(both / 6);
  assert.ok(Math.abs(value! - (2 * npmi(3, 2, 2) + 1) / 3) < 1e-12, String(value));
});

test('a pair that two themes share counts once in each', () => {
  const [one, other] = coherence(TEXTS, [
    ['card', 'declined'],
    ['declined', 'card'],
  ]);
  const [alone] = coherence(TEXTS, [['card', 'declined']]);
  assert.deepEqual([one, other], [alone, alone]);
});

test('diversity is the share of different keywords', () => {
  assert.equal(
    diversity([
      ['card', 'fee'],
      ['debt', 'fees'],
    ]),
    0.75,
  );
  assert.equal(diversity([]), 1);
});

test('words may be split otherwise: keywords that are stop words are counted then', () => {
  const wordsOf = (text: string) => text.toLowerCase().match(/\w+/g) ?? [];
  const [value] = coherence(TEXTS, [['card', 'was']], { wordsOf });
  assert.ok(Math.abs(value! - Math.log((2 * 6) / (3 * 2)) / -Math.log(2 / 6)) < 1e-12, String(value));
  assert.deepEqual(coherence(TEXTS, [['card', 'was']]), [-1]);
});
