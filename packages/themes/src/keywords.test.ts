import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keywords } from './keywords.ts';
import { label } from './label.ts';

const CARD = [
  'My credit card was charged twice on 01/02/2024 for $30.00',
  'They charge a fee on my credit card, XXXX, and the credit cards of my wife',
  'Credit card fees: I was charged an annual fee by XXXX XXXX',
];
const DEBT = [
  'A debt collector keeps calling about a debt that is not mine',
  'Debt collectors called me 12 times; I asked for validation of the debt',
  'The debt collector wouldn’t send a validation letter',
];
const documents = [...CARD.map((text) => ({ text, theme: 0 })), ...DEBT.map((text) => ({ text, theme: 1 }))];
const terms = (theme: number, options = {}) =>
  keywords(documents, 2, options)[theme]!.map(({ term }) => term);

test('a theme is told by its own phrases, the strongest first', () => {
  assert.equal(terms(0)[0], 'credit card');
  assert.equal(terms(1)[0], 'debt collector');
  assert.match(label(keywords(documents, 2)[1]!), /^debt collector · /);
});

test('stop words, redactions and numbers are no keywords', () => {
  const all = [...terms(0, { top: 100 }), ...terms(1, { top: 100 })].flatMap((term) => term.split(' '));
  for (const word of ['xxxx', '12', '2024', '30.00', 'the', 'wouldn', "wouldn't", 'my'])
    assert.ok(!all.includes(word), word);
});

test('no two keywords are forms of the same words', () => {
  const words = terms(0, { top: 100 });
  assert.ok(!(words.includes('fee') && words.includes('fees')));
  assert.ok(!(words.includes('charged') && words.includes('charge')));
  assert.ok(!words.includes('card') && !words.includes('credit'));
});

test('a phrase does not reach across punctuation or a word that is left out', () => {
  const found = keywords([{ text: 'late payment. mortgage and escrow', theme: 0 }], 1, { top: 100 })[0]!;
  const words = found.map(({ term }) => term);
  assert.ok(words.includes('late payment'));
  assert.ok(!words.includes('payment mortgage') && !words.includes('mortgage escrow'));
});

test('a word that every theme has weighs less than one of its own', () => {
  const both = [
    { text: 'account locked, account locked', theme: 0 },
    { text: 'account hacked, account hacked', theme: 1 },
  ];
  const weight = (term: string) =>
    keywords(both, 2, { ngrams: 1 })[0]!.find((keyword) => keyword.term === term)!.weight;
  assert.ok(weight('locked') > weight('account'));
});

test('a theme without words has no keywords, and says so in its label', () => {
  assert.deepEqual(keywords([{ text: '... 123', theme: 1 }], 2), [[], []]);
  assert.equal(label([]), 'unnamed');
});

test('a theme that does not exist is refused', () => {
  assert.throws(() => keywords([{ text: 'x', theme: 2 }], 2), RangeError);
});

test('any texts give at most `top` distinct keywords of positive weight', () => {
  const text = fc.array(
    fc.constantFrom('fee', 'fees', 'card', 'late', 'the', 'é', '漢字', '。', 'x', '2nd', 'Straße', '’s'),
    { maxLength: 20 },
  );
  const corpus = fc.array(fc.record({ text: text.map((words) => words.join(' ')), theme: fc.nat(2) }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      corpus,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      (given, top, ngrams) => {
        for (const found of keywords(given, 3, { top, ngrams })) {
          assert.ok(found.length <= top);
          assert.equal(new Set(found.map(({ term }) => term)).size, found.length);
          assert.ok(found.every(({ term, weight }) => weight > 0 && term.split(' ').length <= ngrams));
        }
      },
    ),
  );
});
