import assert from 'node:assert/strict';
import test from 'node:test';
import { radiiOf } from './radius.ts';

const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];

test('a radius is what one in twenty members is below, each left out of its centroid', () => {
  const angles = [...Array.from({ length: 39 }, () => 0), 60];
  const vectors = Float32Array.from(angles.flatMap(at));
  const [wide] = radiiOf(vectors, 2, new Int32Array(40), 1);
  // Of forty members two are the twentieth: the one that is far, and the next, which is near.
  assert.ok(wide! > 0.99, String(wide));
  const [pair] = radiiOf(Float32Array.from([0, 60].flatMap(at)), 2, Int32Array.of(0, 0), 1);
  assert.ok(Math.abs(pair! - 0.5) < 1e-6, String(pair));
});

test('nothing is far from a theme of one member', () => {
  assert.deepEqual(radiiOf(Float32Array.from(at(10)), 2, Int32Array.of(0), 2), [-1, -1]);
});
