import assert from 'node:assert/strict';
import test from 'node:test';
import type { Filter } from '../../filter/index.ts';
import { MAX_CANDIDATES } from '../store.ts';
import { type MemoryPassage, memoryStore } from '../testing/memory-store.ts';
import { leavingOut } from './leaving-out.ts';

const COUNT = 6_000;
/** The nearer, the lower their number. */
const PASSAGES = Array.from(
  { length: COUNT },
  (_, i): MemoryPassage => ({
    ...{ passage: `p${i}`, record: `r${i}`, chunk: 'all', ordinal: 0, text: 'fee', at: i, attributes: {} },
    vector: Float32Array.of(1 - i / COUNT),
  }),
);
const EVEN: Filter = {
  op: 'compare',
  is: '<',
  left: { kind: 'column', name: '_at', type: 'timestamp' },
  right: { kind: 'literal', type: 'timestamp', value: '4000' },
};
/** What Zvec gives at once. */
const bounded = () => {
  const store = memoryStore(PASSAGES);
  const least = (limit: number) => assert.ok(limit <= MAX_CANDIDATES);
  return {
    ...store,
    nearest: (vector: Float32Array, options: { limit: number; filter?: Filter | undefined }) => {
      least(options.limit);
      return store.nearest(vector, options);
    },
    matching: (filter: Filter, limit: number) => {
      least(limit);
      return store.matching(filter, limit);
    },
  };
};
const leftOut = (from: number, to: number) => ({
  size: to - from,
  has: (passage: string) => Number(passage.slice(1)) >= from && Number(passage.slice(1)) < to,
});

test('as many are found as are asked for, however many of the best are left out', async () => {
  for (const [from, to] of [
    [0, 0],
    [0, 10],
    [3, 700],
    [5, 5_000],
  ] as const) {
    const store = leavingOut(bounded(), leftOut(from, to));
    const wanted = PASSAGES.filter((_, i) => i < from || i >= to).map(({ passage }) => passage);
    for (const limit of [1, 20, 900]) {
      const found = await store.nearest(Float32Array.of(1), { limit });
      assert.deepEqual(
        found.map(({ passage }) => passage),
        wanted.slice(0, limit),
      );
    }
    assert.equal(store.passages, COUNT - (to - from));
    const there = Array.from({ length: 4_000 }, (_, i) => i).filter((i) => i < from || i >= to).length;
    assert.equal(await store.count(EVEN, 2_000), Math.min(2_000, there));
    assert.equal((await store.matching(EVEN, 100)).length, Math.min(100, there));
  }
});

test('what is left out is not fetched', async () => {
  const store = leavingOut(bounded(), leftOut(1, 2));
  assert.deepEqual([...(await store.fetch(['p0', 'p1', 'p2'])).keys()], ['p0', 'p2']);
  assert.deepEqual([...(await store.vectors(['p0', 'p1', 'p2'])).keys()], ['p0', 'p2']);
});
