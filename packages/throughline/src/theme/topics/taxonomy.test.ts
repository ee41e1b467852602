import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REST, UNKNOWN } from '@throughline/themes';
import { ConfigError } from '../../config/index.ts';
import { parseTaxonomy } from './taxonomy.ts';
import { topicLabels, usedAttributes } from './topic-labels.ts';

const ATTRIBUTES = ['product', 'issue'];

function problemsOf(text: string): string[] {
  try {
    parseTaxonomy(text, 'taxonomy.yaml', ATTRIBUTES);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.exitCode, 78);
    return error.message.split('\n');
  }
  return [];
}

const NESTED = `topics:
  - name: Fees
    phrases: [charged a fee]
    topics:
      - name: Late fees
        examples: { issue: [Late fee, Other fee] }
      - name: Card fees
        examples: { issue: Fee, product: Card }
  - name: Debts
    examples: { product: [Debt, Card] }
    threshold: 0.4
`;

test('nested topics are listed after the one above them, with names from the top', () => {
  const { topics } = parseTaxonomy(NESTED, 'taxonomy.yaml', ATTRIBUTES);
  assert.deepEqual(
    topics.map(({ id, parent }) => [id, parent]),
    [
      ['Fees', -1],
      ['Fees / Late fees', 0],
      ['Fees / Card fees', 0],
      ['Debts', -1],
    ],
  );
  assert.deepEqual(topics[2]!.examples, { issue: ['Fee'], product: ['Card'] });
  assert.equal(topics[3]!.threshold, 0.4);
});

test('what is wrong is named with its line, its column and what to do', () => {
  assert.deepEqual(problemsOf('topics:\n  - name: Fees\n    phrase: [a fee]\n'), [
    'taxonomy.yaml:3:5: unknown key "topics.0.phrase": did you mean "phrases"?',
  ]);
  assert.deepEqual(
    problemsOf('topics:\n  - name: Fees\n    topics:\n      - name: Late\n        exampels: {}\n'),
    ['taxonomy.yaml:5:9: unknown key "topics.0.topics.0.exampels": did you mean "examples"?'],
  );
  assert.deepEqual(problemsOf('topics:\n  - name: Fees\n    examples: { isue: Fee }\n'), [
    'taxonomy.yaml:3:17: topics.0.examples.isue: no attribute of text is called "isue": did you mean "issue"? (there are: product, issue)',
  ]);
  assert.deepEqual(problemsOf('topics:\n  - name: Fees\n'), [
    'taxonomy.yaml:2:5: topics.0: the topic "Fees" needs phrases, examples, or topics below it',
  ]);
  const twice = 'topics:\n  - { name: Fees, phrases: [a] }\n  - { name: fees, phrases: [b] }\n';
  assert.deepEqual(problemsOf(twice), [
    'taxonomy.yaml:3:7: topics.1.name: there is another topic "fees" beside it',
  ]);
  assert.match(problemsOf('topics: [')[0]!, /^taxonomy.yaml:\d+:\d+: /);
  assert.match(problemsOf('')[0]!, /^taxonomy.yaml: /);
  assert.match(problemsOf('topics: [{ name: A/B, phrases: [x] }]')[0]!, /^taxonomy.yaml:1:12: .*"\/"/);
  assert.match(problemsOf('topics: [{ name: A, phrases: [""] }]')[0]!, /it says nothing/);
});

test('labels: the deepest topic, then the first; no topic where all attributes have other values', () => {
  const taxonomy = parseTaxonomy(NESTED, 'taxonomy.yaml', ATTRIBUTES);
  assert.deepEqual(usedAttributes(taxonomy), ['issue', 'product']);
  const values = {
    issue: ['Other fee', 'Fee', 'Fee', 'Fee', 'Lost', null, 'Lost'],
    product: ['Debt', 'Card', 'Loan', null, 'Card', null, ' '],
  };
  assert.deepEqual([...topicLabels(taxonomy, values, 7)], [1, 2, REST, UNKNOWN, 3, UNKNOWN, UNKNOWN]);
});
