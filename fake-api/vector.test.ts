import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vectorOf } from './vector.ts';

test('a text has one vector of length 1, another text another', () => {
  assert.deepEqual(vectorOf('Refund, please', 16), vectorOf('Refund, please', 16));
  assert.notDeepEqual(vectorOf('Refund, please', 16), vectorOf('Refund please', 16));
  assert.ok(Math.abs(Math.hypot(...vectorOf('Refund, please', 384)) - 1) < 1e-6);
});

test('it is the same on every machine', () => {
  assert.deepEqual(
    [...vectorOf('Refund, please', 4)].map((value) => Number(value.toFixed(6))),
    [0.387652, 0.849315, -0.270485, -0.235007],
  );
});
