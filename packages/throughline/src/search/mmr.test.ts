import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Diverse, diversify } from './mmr.ts';

const at = (item: string, relevance: number, degrees: number): Diverse<string> => ({
  item,
  relevance,
  vector: Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)),
});

test('what is like a better one waits until others were chosen', () => {
  const items = [at('first', 1, 0), at('its twin', 0.9, 1), at('another', 0.5, 90)];
  assert.deepEqual(diversify(items, 0), ['first', 'its twin', 'another']);
  assert.deepEqual(diversify(items, 0.5), ['first', 'another', 'its twin']);
  assert.deepEqual(diversify([], 0.5), []);
});

test('each item is chosen once, the first relevant one first, and without diversity the order stays', () => {
  const items = fc
    .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 359 })))
    .map((pairs) =>
      pairs.sort(([a], [b]) => b - a).map(([relevance, angle], i) => at(`${i}`, relevance, angle)),
    );
  fc.assert(
    fc.property(items, fc.double({ min: 0, max: 0.99, noNaN: true }), (all, diversity) => {
      const ids = all.map(({ item }) => item);
      const chosen = diversify(all, diversity);
      assert.deepEqual(chosen.toSorted(), ids.toSorted());
      assert.equal(chosen[0], ids[0]);
      assert.deepEqual(diversify(all, 0), ids);
    }),
  );
});
