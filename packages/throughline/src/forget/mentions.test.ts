import assert from 'node:assert/strict';
import test from 'node:test';
import { FORGOTTEN, mentions, withoutMentions } from './mentions.ts';

const subject = { ids: new Set(['3184567', '12', 'ü-98/b']), texts: new Set(['I was charged twice']) };

test('an id counts as a whole word; a short one as a whole value alone', () => {
  for (const value of ['3184567', '12', 'row 3184567: failed', '["3184567"]', 'see ü-98/b.'])
    assert.ok(mentions(value, subject), value);
  for (const value of ['318456', '31845678', 'a3184567', '12 rows', 'in 2012', ''])
    assert.ok(!mentions(value, subject), value);
  assert.ok(mentions('they wrote: I was charged twice, and then', subject));
});

test('a document keeps its shape, and is the same object where nothing is in it', () => {
  const document = {
    sample: ['3184567', '99'],
    detail: { text: 'I was charged twice', rows: 12 },
    3184567: null,
  };
  assert.deepEqual(withoutMentions(document, subject), {
    sample: [FORGOTTEN, '99'],
    detail: { text: FORGOTTEN, rows: 12 },
    [FORGOTTEN]: null,
  });
  const other = { sample: ['99'], deep: [{ a: null, b: true }] };
  assert.equal(withoutMentions(other, subject), other);
});
