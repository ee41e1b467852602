import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from './random.ts';
import { meanSharedAri, randomSamples, stability } from './stability.ts';

const DIMENSION = 12;

function clouds(groups: number, size: number, noise: number): Float32Array {
  const next = random(6);
  const centres = Array.from({ length: groups * DIMENSION }, () => next() - 0.5);
  const spread = () => noise * (next() - 0.5);
  return Float32Array.from(
    { length: groups * size * DIMENSION },
    (_, i) => centres[(Math.floor(i / DIMENSION) % groups) * DIMENSION + (i % DIMENSION)]! + spread(),
  );
}

test('clear themes hold still between samples and seeds; a cloud without any does not', async () => {
  const clear = clouds(6, 40, 0.3);
  assert.equal(await stability(clear, DIMENSION, { runs: 3 }), 1);
  assert.equal(await stability(clear, DIMENSION, { runs: 3, share: 1 }), 1);
  assert.ok((await stability(clouds(1, 240, 1), DIMENSION, { runs: 3 })) < 0.8);
});

test('only shared items count, and names of labels do not', () => {
  const a = { items: Int32Array.of(0, 1, 2, 3, 9), labels: [0, 0, 1, 1, 5] };
  const b = { items: Int32Array.of(0, 1, 2, 3, 7), labels: [4, 4, 2, 2, 2] };
  const c = { items: Int32Array.of(0, 1, 2, 3), labels: [0, 1, 0, 1] };
  assert.equal(meanSharedAri([a, b]), 1);
  assert.ok(Math.abs(meanSharedAri([a, c]) + 0.5) < 1e-12);
  assert.ok(Math.abs(meanSharedAri([a, b, c])) < 1e-12);
});

test('samples are the same for the same seed, without repetition', () => {
  const samples = randomSamples(50, 3, 0.8, 4);
  assert.deepEqual(samples, randomSamples(50, 3, 0.8, 4));
  for (const items of samples) assert.equal(new Set(items).size, 40);
  assert.notDeepEqual(samples[0], samples[1]);
});
