import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadTokenizer } from '../model/index.ts';
import { type SplitSettings, split } from './split.ts';

const tokenizer = await loadTokenizer({ model: 'minilm' });
const settings = (over: Partial<SplitSettings> = {}): SplitSettings => ({
  mode: 'sentences',
  maxTokens: 32,
  overlap: 8,
  prefix: '',
  ...over,
});

const sentence = fc.constantFrom(
  'They call every day. ',
  'I disputed the charge twice, and nobody answered! ',
  'Wo ist mein Geld? ',
  'שלום עולם, זה לא החוב שלי. ',
  '我的账户被冻结了。',
  '😀👩‍👩‍👧‍👦 emoji, and a café. ',
  'x'.repeat(300),
  '\n\n',
  'word '.repeat(60),
  'a\u2028b ',
);
const text = fc
  .array(
    fc.oneof(
      sentence,
      fc.string({ unit: 'binary' }).map((one) => one.toWellFormed()),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

test('no passage has more tokens than the limit, and its count is that of its own text', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 8, max: 64 }), fc.nat(16), (input, maxTokens, overlap) => {
      for (const span of split(
        input,
        tokenizer,
        settings({ maxTokens, overlap: Math.min(overlap, maxTokens >> 1) }),
      )!) {
        assert.ok(span.tokens <= maxTokens);
        assert.equal(span.tokens, tokenizer.encode(input.slice(span.start, span.end)).length);
      }
    }),
    { numRuns: 200 },
  );
});

test('every character but white space is in a passage, and passages move forward', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 8, max: 64 }), (input, maxTokens) => {
      const spans = split(input, tokenizer, settings({ maxTokens, overlap: 4 }))!;
      let covered = 0;
      for (const [i, span] of spans.entries()) {
        assert.equal(input.slice(covered, Math.max(covered, span.start)).trim(), '');
        assert.ok(i === 0 || (span.start >= spans[i - 1]!.start && span.end > spans[i - 1]!.end));
        assert.ok(input.slice(span.start, span.end).isWellFormed());
        covered = Math.max(covered, span.end);
      }
      assert.equal(input.slice(covered).trim(), '');
    }),
    { numRuns: 200 },
  );
});

test('a text that fits is one passage without white space at its ends', () => {
  assert.deepEqual(split('  They call every day.\n', tokenizer, settings()), [
    { start: 2, end: 22, tokens: 7 },
  ]);
});

test('passages of a long text are of about equal length and overlap by whole sentences', () => {
  const input = Array.from({ length: 12 }, (_, i) => `Sentence number ${i} is here.`).join(' ');
  const spans = split(input, tokenizer, settings())!;
  const lengths = spans.map((span) => span.tokens);
  assert.ok(Math.max(...lengths) - Math.min(...lengths) <= 16, lengths.join());
  for (const [i, span] of spans.entries()) {
    assert.match(input.slice(span.start, span.end), /^Sentence .*here\.$/);
    if (i > 0) assert.ok(span.start < spans[i - 1]!.end);
  }
});

test('truncate keeps all of the beginning that fits', () => {
  const input = 'word '.repeat(100);
  assert.deepEqual(split(input, tokenizer, settings({ mode: 'truncate' })), [
    { start: 0, end: 149, tokens: 32 },
  ]);
});

test('none gives nothing for a text over the limit', () => {
  assert.equal(split('word '.repeat(100), tokenizer, settings({ mode: 'none' })), undefined);
});

test('truncate cuts where the model would: it sees the same tokens as of the whole text', () => {
  const word = fc.constantFrom(
    'unbelievably ',
    'reimbursement ',
    'the ',
    'XXXX-XXXX/2019, ',
    'naïveté ',
    '$1,234.56 ',
    '我的账户 ',
    '😀 ',
  );
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 20, maxLength: 60 }),
      fc.integer({ min: 8, max: 40 }),
      (words, maxTokens) => {
        const input = words.join('');
        const whole = tokenizer.encode(input);
        const [span] = split(input, tokenizer, settings({ mode: 'truncate', maxTokens, overlap: 0 }))!;
        const seen = tokenizer.encode(input.slice(span!.start, span!.end));
        const wanted =
          whole.length <= maxTokens
            ? whole
            : Int32Array.from([...whole.subarray(0, maxTokens - 1), whole.at(-1)!]);
        assert.deepEqual(seen, wanted);
      },
    ),
  );
});
