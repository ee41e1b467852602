import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession } from '../../engine/local/session.ts';
import { type Candidate, sentenceCandidates, valueCandidates } from './candidates.ts';
import { choose } from './choose.ts';
import { overlapOf } from './overlap.ts';
import { asQuery, unfit } from './telling.ts';

test('a query is a line of 3 to 60 words', () => {
  assert.equal(asQuery('  late\n fee \u2028 charged\u0000twice '), 'late fee charged twice');
  assert.equal(unfit('late fee'), 'short');
  assert.equal(unfit('--- ??? 1'), 'short');
  assert.equal(unfit('late fee charged'), undefined);
  assert.equal(unfit('word '.repeat(61)), 'long');
});

test('overlap is of stems without stop words, and of the query as it is', () => {
  const text = 'They were charging me\nlate FEES.';
  assert.deepEqual(overlapOf('was charged a late fee', text), { words: 1, contained: false });
  assert.deepEqual(overlapOf('charging me late fees', text), { words: 1, contained: true });
  assert.deepEqual(overlapOf('charged for a card', text), { words: 0.5, contained: false });
  assert.deepEqual(overlapOf('who is it', text), { words: 0, contained: false });
});

async function* given(candidates: Candidate[]): AsyncGenerator<Candidate> {
  yield* candidates;
}

test('what is no query is left out and counted', async () => {
  const text = 'a query of words';
  const { chosen, leftOut } = await choose(
    given([
      { text, recordIds: ['1', '2'] },
      { text: text.toUpperCase(), recordIds: ['3'] },
      { text: 'too short', recordIds: ['4'] },
      { text: 'shared by too many', recordIds: ['1', '2', '3', '4', '5', '6'] },
      { text: 'a record without a line', recordIds: ['tab\there'] },
      { text: ' another   query of words', recordIds: ['5'] },
      { text: 'one more than wanted', recordIds: ['6'] },
    ]),
    2,
  );
  assert.deepEqual(chosen, [
    { text, recordIds: ['1', '2'] },
    { text: 'another query of words', recordIds: ['5'] },
  ]);
  assert.deepEqual(leftOut, { short: 1, long: 0, shared: 1, repeated: 1, unwritable: 1 });
});

const RECORDS = `(VALUES
  ('1', 'Late fee on my card', 'I was charged. Twice.', 'h1'),
  ('2', 'late  fee on MY card ', E'\\n I was charged. Again!', 'h2'),
  ('2', 'Late fee on my card', 'I was charged by them.', 'h3'),
  ('3', NULL, 'I was', 'h4'),
  ('4', '', NULL, 'h5'),
  ('5', 'It''s lost', 'It''s "lost" -- at sea; isn''t it? Yes.', 'h6')
) AS records(_id, title, _text, _hash)`;

async function all(candidates: AsyncGenerator<Candidate>): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for await (const { text, recordIds } of candidates) found.set(text, recordIds);
  return found;
}

test('equal values are one query, which all their records answer', async () => {
  await using session = await openSession();
  const found = await all(valueCandidates(session, RECORDS, 'title', 0));
  assert.deepEqual(Object.fromEntries(found), { 'Late fee on my card': ['1', '2'], "It's lost": ['5'] });
});

test('every record that begins with a first sentence answers it', async () => {
  await using session = await openSession();
  const found = await all(sentenceCandidates(session, RECORDS, 10, 0));
  assert.deepEqual(Object.fromEntries(found), {
    'I was charged.': ['1', '2'],
    'I was charged by them.': ['2'],
    'It\'s "lost" -- at sea; isn\'t it?': ['5'],
  });
});

test('the order is that of content and seed', async () => {
  await using session = await openSession();
  const many = `(SELECT i::VARCHAR AS _id, 'text number ' || i AS title FROM range(50) AS r(i)) AS records`;
  const orders = [];
  for (const seed of [0, 0, 1])
    orders.push([...(await all(valueCandidates(session, many, 'title', seed))).keys()]);
  assert.deepEqual(orders[0], orders[1]);
  assert.notDeepEqual(orders[0], orders[2]);
  assert.deepEqual(orders[0]!.toSorted(), orders[2]!.toSorted());
});
