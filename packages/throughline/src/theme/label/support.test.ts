import assert from 'node:assert/strict';
import { test } from 'node:test';
import { supportOf } from './support.ts';

const evidence = {
  keywords: ['late fees', 'autopay'],
  texts: [
    'I was charged a late fee though I paid on time.',
    'The bank charges late fees on my credit card.',
    'A late payment was reported. Call me, says Zorblax.',
  ],
};

test('words stand in the texts in any form, or among the keywords', () => {
  assert.deepEqual(supportOf('Charging of late fees', evidence).missing, []);
  assert.deepEqual(supportOf('Autopay failures', evidence), { found: ['autopay'], missing: ['failures'] });
});

test('a word of one text alone does not count', () => {
  assert.deepEqual(supportOf('Zorblax', evidence), { found: [], missing: ['zorblax'] });
  assert.deepEqual(supportOf('Zorblax', { keywords: [], texts: ['Zorblax did it'] }).missing, []);
});

test('nothing bears out a label of a theme without texts', () => {
  assert.deepEqual(supportOf('Late fees', { keywords: [], texts: [] }).found, []);
});
