import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashTokenizer } from '../model/hash.ts';
import { answeredSpans } from './answered-spans.ts';
import type { SplitSettings } from './split.ts';

const SETTINGS: SplitSettings = { mode: 'none', maxTokens: 50, overlap: 0, prefix: '' };

function spans(text: string, passages: unknown, settings: Partial<SplitSettings> = {}) {
  const answer = { row: { passages } };
  const found = answeredSpans(text, answer, hashTokenizer, { ...SETTINGS, ...settings });
  return 'code' in found ? found.code : found.spans.map(({ start, end }) => [start, end]);
}

test('pieces of a text are found, in their order, whether they repeat, overlap or leave gaps', () => {
  const cuts = fc.tuple(
    fc.string({ unit: fc.constantFrom('a', 'b', ' ', '. ', '😀'), minLength: 1, maxLength: 40 }),
    fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 8 }),
  );
  fc.assert(
    fc.property(cuts, ([text, places]) => {
      const characters = [...text];
      const pieces = places
        .toSorted(([a], [b]) => a - b)
        .map(([from, length]) => characters.slice(from, from + length).join(''))
        .filter((piece) => piece.trim() !== '');
      const found = spans(text, pieces);
      if (pieces.length === 0) return assert.equal(found, 'empty_text');
      assert.ok(Array.isArray(found), `${found}: ${JSON.stringify([text, pieces])}`);
      assert.deepEqual(
        found.map(([start, end]) => text.slice(start, end)),
        pieces,
      );
      const starts = found.map(([start]) => start!);
      assert.deepEqual(
        starts,
        starts.toSorted((a, b) => a - b),
      );
    }),
    { seed: 3 },
  );
});

test('a piece that repeats is the next one, one that overlaps begins within the one before', () => {
  assert.deepEqual(spans('no. no. no.', ['no.', 'no.', 'no.']), [
    [0, 3],
    [4, 7],
    [8, 11],
  ]);
  assert.deepEqual(spans('foo bar foo bar baz', ['foo bar foo', 'foo bar baz']), [
    [0, 11],
    [8, 19],
  ]);
  assert.deepEqual(spans('one two', ['one', 'one two']), [
    [0, 3],
    [0, 7],
  ]);
});

test('spans are taken as they are; blank passages are left out', () => {
  assert.deepEqual(
    spans('a bc  d', [{ start: 0, end: 2 }, { start: 1, end: 4 }, { start: 4, end: 6 }, ' ', '']),
    [
      [0, 2],
      [1, 4],
    ],
  );
});

test('what is no span of the text, or none at all, has a reason', () => {
  for (const wrong of [
    ['other'],
    ['b', 'a'],
    [{ start: 0, end: 4 }],
    [{ start: 2, end: 1 }],
    [{ start: 0.5, end: 1 }],
    [{ start: '0', end: 1 }],
    [null],
    [7],
    'a b',
    undefined,
  ])
    assert.equal(spans('a b', wrong), 'bad_passages', JSON.stringify(wrong));
  assert.equal(spans('a 😀 b', [{ start: 0, end: 3 }]), 'bad_passages');
  assert.equal(spans('a 😀 b', ['a \ud83d']), 'bad_passages');
  assert.equal(spans('a b', []), 'empty_text');
  const refused = answeredSpans('a', { code: 'own', message: 'no' }, hashTokenizer, SETTINGS);
  assert.deepEqual(refused, { code: 'own', message: 'no' });
});

test('a passage that is too long is what mode says', () => {
  const long = 'One two three four. Five six seven eight. Nine ten eleven twelve.';
  const text = `Short. ${long}`;
  const few = { maxTokens: 8 };
  assert.equal(spans(text, ['Short.', long], few), 'text_too_long');
  const cut = spans(text, ['Short.', long], { ...few, mode: 'sentences' });
  assert.ok(Array.isArray(cut) && cut.length > 2);
  assert.deepEqual(cut[0], [0, 6]);
  assert.equal(cut[1]![0], 7);
  assert.equal(cut.at(-1)![1], text.length);
  const begun = spans(text, ['Short.', long], { ...few, mode: 'truncate' });
  assert.ok(Array.isArray(begun) && begun.length === 2 && begun[1]![1]! < text.length);
});
