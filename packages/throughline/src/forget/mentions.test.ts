import assert from 'node:assert/strict';
import test from 'node:test';
import { FORGOTTEN, mentions, withoutMentions } from './mentions.ts';

const TEXT = 'I was charged twice by this bank in May';
const subject = { ids: new Set(['3184567', '12', 'ü-98/b']), texts: new Set([TEXT, 'source']) };

test('an id counts as a whole word; a short one as a whole value alone, where ids are', () => {
  for (const value of ['3184567', 'row 3184567: failed', '["3184567"]', 'see ü-98/b.'])
    assert.ok(mentions(value, subject), value);
  for (const value of ['318456', '31845678', 'a3184567', '12', '12 rows', 'in 2012', ''])
    assert.ok(!mentions(value, subject), value);
  assert.ok(mentions('12', subject, 'sample') && !mentions('12 rows', subject, 'sample'));
});

test('a text counts by how it begins; a short one as a whole value alone', () => {
  assert.ok(mentions(`they wrote: ${TEXT}, and then`, subject));
  assert.ok(mentions('source', subject) && !mentions('the source', subject));
});

test('a document keeps its shape and its keys, and is the same object where nothing is in it', () => {
  const document = {
    sample: ['12', '99'],
    detail: { text: TEXT, rows: 12, themes: '12' },
    source: { 3184567: null },
  };
  assert.deepEqual(withoutMentions(document, subject), {
    ...document,
    sample: [FORGOTTEN, '99'],
    detail: { ...document.detail, text: FORGOTTEN },
  });
  const other = { sample: ['99'], source: [{ a: null, b: true }] };
  assert.equal(withoutMentions(other, subject), other);
});
