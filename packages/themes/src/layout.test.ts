import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layout, placeAmong } from './layout.ts';
import { nearestNeighbours } from './neighbours.ts';
import { principalPlane } from './principal-plane.ts';
import { random } from './random.ts';

const DIMENSION = 12;
const GROUPS = 6;
const SIZE = 50;

function clouds(seed: number): Float32Array {
  const next = random(seed);
  const shared = random(77);
  const centres = Array.from({ length: GROUPS * DIMENSION }, () => shared() - 0.5);
  return Float32Array.from(
    { length: GROUPS * SIZE * DIMENSION },
    (_, i) =>
      centres[(Math.floor(i / DIMENSION) % GROUPS) * DIMENSION + (i % DIMENSION)]! + 0.5 * (next() - 0.5),
  );
}

/** Share of the nearest five on the plane that are of the same group. */
async function kept(positions: Float32Array): Promise<number> {
  // Lifted, so that nearest by cosine is nearest on the plane.
  const lifted = new Float32Array((positions.length / 2) * 4);
  for (let i = 0; i < positions.length / 2; i++) {
    const [x, y] = [positions[i * 2]! / 100, positions[i * 2 + 1]! / 100];
    lifted.set([x, y, Math.sqrt(Math.max(0, 1 - x * x - y * y)), 0], i * 4);
  }
  const { indices, k } = await nearestNeighbours(lifted, 4, { k: 5 });
  return (
    indices.filter((other, at) => other % GROUPS === Math.floor(at / k) % GROUPS).length / indices.length
  );
}

test('groups stay together on the plane, and the same seed gives the same positions', async () => {
  const vectors = clouds(1);
  const positions = await layout(vectors, DIMENSION, { seed: 3 });
  assert.equal(positions.length, GROUPS * SIZE * 2);
  assert.ok(positions.every(Number.isFinite));
  assert.ok((await kept(positions)) > 0.95);
  assert.deepEqual(positions, await layout(vectors, DIMENSION, { seed: 3 }));
});

test('from given positions the map holds still, and newcomers land in their group', async () => {
  const vectors = clouds(1);
  const before = await layout(vectors, DIMENSION, { epochs: 60 });
  const start = before.slice();
  for (let item = 0; item < GROUPS * SIZE; item += 10) start.fill(Number.NaN, item * 2, item * 2 + 2);
  const after = await layout(vectors, DIMENSION, { start });
  const width = Math.max(...before) - Math.min(...before);
  let moved = 0;
  for (let i = 0; i < before.length; i += 2) {
    moved += Math.hypot(after[i]! - before[i]!, after[i + 1]! - before[i + 1]!) / (before.length / 2);
  }
  assert.ok(moved < width / 10, `moved ${moved} of ${width}`);
  assert.ok((await kept(after)) > 0.95);
});

test('vectors that were not fitted are placed among those that were, one at a time as all at once', async () => {
  const vectors = clouds(1);
  const positions = await layout(vectors, DIMENSION, { epochs: 60 });
  assert.deepEqual(await placeAmong(vectors, DIMENSION, vectors, positions, { k: 1 }), positions);
  const news = clouds(2);
  const placed = await placeAmong(news, DIMENSION, vectors, positions);
  assert.ok((await kept(placed)) > 0.95);
  const one = await placeAmong(news.slice(0, DIMENSION), DIMENSION, vectors, positions);
  assert.deepEqual(one, placed.slice(0, 2));
});

test('the principal plane has the two largest variances there are: those of a known ellipsoid', () => {
  const next = random(4);
  const widths = [0.1, 3, 0.2, 1, 0.1];
  const vectors = Float32Array.from({ length: 500 * 5 }, (_, i) => 7 + widths[i % 5]! * (next() - 0.5));
  const plane = principalPlane(vectors, 5);
  for (const [at, axis] of [1, 3].entries()) {
    const mean = vectors.filter((_, i) => i % 5 === axis).reduce((sum, value) => sum + value, 0) / 500;
    let error = 0;
    for (let row = 0; row < 500; row++) {
      error = Math.max(
        error,
        Math.abs(Math.abs(plane[row * 2 + at]!) - Math.abs(vectors[row * 5 + axis]! - mean)),
      );
    }
    assert.ok(error < 0.1, `axis ${at}: ${error}`);
  }
});

test('none, one and equal vectors have finite positions', async () => {
  for (const n of [0, 1, 2, 30]) {
    const positions = await layout(new Float32Array(n * 3).fill(1), 3);
    assert.equal(positions.length, n * 2);
    assert.ok(positions.every(Number.isFinite));
  }
});

test('a start that tells nothing is none', async () => {
  const vectors = Float32Array.from({ length: 40 * 8 }, (_, i) => Math.sin(i * 7.3));
  const plain = await layout(vectors, 8);
  for (const value of [Number.NaN, 0])
    assert.deepEqual(await layout(vectors, 8, { start: new Float32Array(80).fill(value) }), plain);
});
