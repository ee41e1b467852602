import assert from 'node:assert/strict';
import test from 'node:test';
import { foundInRecord } from './found-in-record.ts';

const passage = (passageId: string, start: number, end: number) => ({
  ...{ passageId, start, end, ordinal: 0, theme: null },
});
const record = { text: 'One fee. Two fees. Three.', passages: [passage('a', 0, 8), passage('b', 9, 18)] };
const highlights = [{ start: 4, end: 8 }];

test('the passage that was found stands apart, with the words of the query', () => {
  const found = foundInRecord(record, 'b', { passageId: 'b', text: 'Two fees.', highlights });
  assert.deepEqual(found, { before: 'One fee. ', within: 'Two fees.', after: ' Three.', spans: highlights });
});

test('marks are left out where the text is another than that of the hit, or another passage is asked for', () => {
  assert.deepEqual(foundInRecord(record, 'b', { passageId: 'b', text: 'Old fees.', highlights }).spans, []);
  assert.deepEqual(foundInRecord(record, 'a', { passageId: 'b', text: 'Two fees.', highlights }).spans, []);
});

test('without a passage the whole text is there', () => {
  for (const wanted of [undefined, 'gone'])
    assert.deepEqual(foundInRecord(record, wanted, undefined), {
      before: record.text,
      within: '',
      after: '',
      spans: [],
    });
});
