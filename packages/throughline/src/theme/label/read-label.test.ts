import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidResponseError } from '../../http/index.ts';
import { MOST_DESCRIPTION, MOST_LABEL } from './prompt.ts';
import { readLabel } from './read-label.ts';

const good = { label: 'Late fees', description: 'Customers were charged late fees.' };
const answered = (content: unknown, more: object = {}) => ({
  body: Buffer.from(
    JSON.stringify({
      choices: [{ finish_reason: 'stop', message: { content: JSON.stringify(content) }, ...more }],
      usage: { total_tokens: 120 },
    }),
  ),
});

test('a label, and what it cost', () => {
  assert.deepEqual(readLabel(answered(good)), { value: good, tokens: 120 });
  assert.deepEqual(
    readLabel(answered({ ...good, label: ' Gebühren – zu spät \n' })).value.label,
    'Gebühren – zu spät',
  );
});

test('what is no label is refused', () => {
  const bad = [
    null,
    'Late fees',
    { label: 'Late fees' },
    { ...good, more: 1 },
    { ...good, label: 'x'.repeat(MOST_LABEL + 1) },
    { ...good, label: '123' },
    { ...good, label: 'late\nfees' },
    { ...good, label: 'late \u202e fees' },
    { ...good, label: '<b>Late</b> fees' },
    { ...good, description: 'See https://example.com now' },
    { ...good, description: 'Write to a@example.com' },
    { ...good, description: 'x'.repeat(MOST_DESCRIPTION + 1) },
  ];
  for (const content of bad) assert.throws(() => readLabel(answered(content)), InvalidResponseError);
  const cut = { finish_reason: 'length', message: { content: JSON.stringify(good) } };
  assert.throws(() => readLabel(answered(good, cut)), /ended by length/);
  const refusal = { message: { content: null, refusal: 'no' } };
  assert.throws(() => readLabel(answered(good, refusal)), /refused/);
  for (const body of ['', '<html>', '{}', '{"choices":[]}', '{"choices":[{"message":{"content":"{"}}]}'])
    assert.throws(() => readLabel({ body: Buffer.from(body) }), InvalidResponseError);
});

test('whatever comes is a label of the schema, or is refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (label, description) => {
      try {
        const { value } = readLabel(answered({ label, description }));
        assert.ok(
          value.label.length <= MOST_LABEL && !/[\p{Cc}\p{Cf}<>]/u.test(value.label + value.description),
        );
      } catch (error) {
        assert.ok(error instanceof InvalidResponseError);
      }
    }),
  );
});
