import assert from 'node:assert/strict';
import test from 'node:test';
import { scaleTop } from './scale-top.ts';

const line = (...shares: (number | null)[]) => shares.map((share) => ({ share }));

test('a period of one record does not set the scale', () => {
  assert.equal(scaleTop([line(0.1, 1, 0.2), line(0.25, 0, null)], [100, 1, 200]), 0.25 * 1.08);
});

test('where all periods have few records the highest sets it, and nothing is more than all', () => {
  assert.equal(scaleTop([line(0.5, 0.25)], [2, 4]), 0.54);
  assert.equal(scaleTop([line(1)], [50]), 1);
});

test('without shares there is a scale, too', () => {
  assert.ok(scaleTop([], []) > 0);
});
