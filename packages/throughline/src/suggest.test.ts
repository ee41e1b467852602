import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suggest } from './suggest.ts';

test('a slip of the keyboard finds the name that was meant', () => {
  assert.equal(suggest('timestmap', ['text', 'timestamp', 'type']), 'timestamp');
  assert.equal(suggest('Filtre', ['filter', 'path']), 'filter');
});

test('a name unlike all others finds none', () => {
  assert.equal(suggest('colour', ['text', 'timestamp', 'id']), undefined);
});
