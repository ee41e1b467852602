import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latencyOf } from './latency.ts';
import { DEFAULTS } from './options.ts';

const draw = (medianMs: number, p99Ms: number) => {
  const next = latencyOf({ ...DEFAULTS, latency: { medianMs, p99Ms } });
  return Array.from({ length: 20_000 }, () => next()).sort((a, b) => a - b);
};

test('half of them take longer than the median, one in a hundred longer than the 99th percentile', () => {
  const times = draw(50, 400);
  assert.ok(Math.abs(times[10_000]! - 50) < 3);
  assert.ok(Math.abs(times[19_800]! - 400) < 60);
});

test('without a spread all take the same, and nothing is nothing', () => {
  assert.deepEqual(new Set(draw(20, 20)), new Set([20]));
  assert.deepEqual(new Set(draw(0, 0)), new Set([0]));
});
