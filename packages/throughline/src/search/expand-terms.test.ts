import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandTerms, type WordList } from './expand-terms.ts';
import { parseTerms, plainTerms } from './keyword-query.ts';

const WORDS = ['charge', 'charged', 'charger', 'late', 'fee', 'foreclosure'];
const list: WordList = {
  startingWith: async (prefix) => WORDS.filter((word) => word.startsWith(prefix)),
  frequency: async () => 1,
  known: async (words) => new Set(words.filter((word) => WORDS.includes(word))),
  near: async (word, edits) => (word === 'foreclosuer' && edits === 2 ? ['foreclosure'] : []),
};
const expand = (text: string, typos = false) =>
  expandTerms(parseTerms(text) ?? plainTerms(text), list, { typos });

test('a prefix is its words, those of one stem once', async () => {
  const { query, marked } = await expand('+charg* -late');
  assert.deepEqual(query, {
    clauses: [
      { occurs: 'must', anyOf: [['charge'], ['charger']] },
      { occurs: 'not', anyOf: [['late']] },
    ],
  });
  assert.deepEqual(marked, ['charge', 'charger'], 'what must not be there is not marked');
});

test('only unknown words stand for others, beside themselves', async () => {
  assert.deepEqual((await expand('late foreclosuer', true)).query, {
    clauses: [
      { occurs: 'should', anyOf: [['late']] },
      { occurs: 'should', anyOf: [['foreclosuer'], ['foreclosure']] },
    ],
  });
  const phrase = await expand('"foreclosuer late" -foreclosuer fee', true);
  assert.deepEqual(phrase.query, {
    clauses: [
      { occurs: 'must', anyOf: [['foreclosuer', 'late']] },
      { occurs: 'not', anyOf: [['foreclosuer']] },
      { occurs: 'should', anyOf: [['fee']] },
    ],
  });
});
