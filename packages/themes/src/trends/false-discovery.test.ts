import assert from 'node:assert/strict';
import { test } from 'node:test';
import { qValues } from './false-discovery.ts';

test('the q-values of a textbook example, in the order that they were given', () => {
  const found = qValues([0.5, 0.01, 0.04, 0.03]).map((q) => Number(q.toFixed(4)));
  assert.deepEqual(found, [0.5, 0.04, 0.0533, 0.0533]);
  assert.deepEqual(qValues([]), []);
});
