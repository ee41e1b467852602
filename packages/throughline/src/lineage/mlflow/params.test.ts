import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paramsOf } from './params.ts';

test('settings are named by their path; lists of plain values are one; long values and odd names are made to fit', () => {
  const params = paramsOf({
    split: { mode: 'sentences', maxTokens: 64 },
    attributes: ['a', { 'b (c)': { column: 'x' } }],
    paths: ['one', 'two'],
    none: undefined,
    long: 'x'.repeat(2_000),
  });
  assert.deepEqual(params.slice(0, 5), [
    { key: 'split.mode', value: 'sentences' },
    { key: 'split.maxTokens', value: '64' },
    { key: 'attributes.0', value: 'a' },
    { key: 'attributes.1.b _c_.column', value: 'x' },
    { key: 'paths', value: '["one","two"]' },
  ]);
  assert.equal(params.length, 6);
  assert.equal(params[5]!.value.length, 500);
});
