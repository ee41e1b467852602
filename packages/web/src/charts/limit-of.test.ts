import assert from 'node:assert/strict';
import test from 'node:test';
import { limitOf } from './limit-of.ts';

test('a limit is the number behind its sign', () => {
  assert.equal(limitOf('>= 0.95'), 0.95);
  assert.equal(limitOf('<= 1e-3'), 0.001);
  for (const none of [null, '', '= 2950', 'some words', '>= x', '> .'])
    assert.equal(limitOf(none), undefined);
});
