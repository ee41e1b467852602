import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { valueChunk } from './chunk-id.ts';

test('the name of a chunk fits a folder, holds no NUL, and differs between values', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.constantFrom('a\0b', 'a\0c', 'ab', '\0', ''),
  );
  fc.assert(
    fc.property(value, value, (one, other) => {
      const name = valueChunk(one);
      assert.ok(!name.includes('\0') && encodeURIComponent(name).length <= 140);
      assert.equal(name === valueChunk(other), one === other);
    }),
  );
});
