import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPause } from './pause.ts';

test('it lasts as long as the longest that was asked for, and is told once', () => {
  const told: number[] = [];
  const pause = openPause((ms) => told.push(ms));
  assert.equal(pause.waitMs(0), 0);
  assert.equal(pause.extend(1000, 0), true);
  assert.equal(pause.extend(500, 100), false);
  assert.equal(pause.extend(2000, 100), true);
  assert.equal(pause.waitMs(600), 1500);
  assert.equal(pause.waitMs(2100), 0);
  assert.equal(pause.extend(10, 3000), true);
  assert.deepEqual(told, [1000, 10]);
});
