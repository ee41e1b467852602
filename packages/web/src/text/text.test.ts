import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { excerpt } from './excerpt.ts';
import { segments } from './segments.ts';

const span = fc.tuple(fc.nat(120), fc.nat(30)).map(([start, length]) => ({ start, end: start + length }));

test('segments are the text in parts, and marked exactly inside the spans', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), fc.array(span), (text, spans) => {
      const parts = segments(text, spans);
      assert.equal(parts.map((part) => part.text).join(''), text);
      let at = 0;
      for (const { text: part, marked } of parts) {
        for (let i = at; i < at + part.length; i++)
          assert.equal(
            spans.some(({ start, end }) => i >= start && i < end),
            marked,
          );
        at += part.length;
      }
    }),
  );
});

test('an excerpt is a part of the text with its marks, and cuts no character', () => {
  const words = fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 40 });
  fc.assert(
    fc.property(words, fc.array(span), fc.integer({ min: 30, max: 90 }), (parts, spans, length) => {
      const text = parts.join(' ');
      const cut = excerpt(text, spans, length);
      assert.ok(text.includes(cut.text));
      if (text.isWellFormed()) assert.ok(cut.text.isWellFormed());
      assert.ok(cut.text.length <= Math.max(length, 1));
      assert.equal(cut.cutEnd || cut.cutStart, cut.text.length < text.length);
    }),
  );
});

test('an excerpt shows where the most is marked', () => {
  const text = `late ${'word '.repeat(100)}late fee charged ${'word '.repeat(100)}`;
  const at = text.indexOf('late fee');
  const cut = excerpt(
    text,
    [
      { start: 0, end: 4 },
      { start: at, end: at + 8 },
      { start: at + 9, end: at + 16 },
    ],
    120,
  );
  assert.ok(cut.text.includes('late fee charged'));
  assert.deepEqual(
    cut.spans.map(({ start, end }) => cut.text.slice(start, end)),
    ['late fee', 'charged'],
  );
});
