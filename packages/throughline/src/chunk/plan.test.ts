import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileChunk, valueChunk } from './chunk-id.ts';
import { chosenRule } from './plan.ts';

test('the planner takes the smallest window with enough rows', () => {
  assert.deepEqual(chosenRule(36_500, { days: 365 }), { by: 'window', every: '1d', zone: 'UTC' });
  assert.deepEqual(chosenRule(5_000, { days: 365 }), { by: 'window', every: '7d', zone: 'UTC' });
  assert.deepEqual(chosenRule(5_000, { days: 3650 }), { by: 'window', every: '1M', zone: 'UTC' });
  assert.deepEqual(chosenRule(5, { days: 3650 }), { by: 'window', every: '1y', zone: 'UTC' });
});

test('without a timestamp the planner cuts by rows', () => {
  assert.deepEqual(chosenRule(5_000, undefined), { by: 'rows', size: 10_000 });
});

test('a value whose encoded name would not fit a file name is named by its hash', () => {
  assert.equal(valueChunk('Debt collection'), 'v:Debt collection');
  assert.match(valueChunk('ä'.repeat(30)), /^v:[0-9a-f]{32}$/);
  assert.match(fileChunk(`${'x'.repeat(200)}.csv`), /^f:[0-9a-f]{32}$/);
});
