import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { groupChunks } from './group-chunks.ts';

const chunk = fc.record({ id: fc.string({ minLength: 1 }), rows: fc.nat(5_000) });

test('every chunk is in one group, in order, and there are no more groups than asked for', () => {
  fc.assert(
    fc.property(fc.array(chunk), fc.integer({ min: 1, max: 40 }), (chunks, most) => {
      const groups = groupChunks(chunks, { most, leastRows: 100 });
      assert.ok(groups.length <= most);
      assert.ok(groups.every((group) => group.chunks.length > 0));
      assert.deepEqual(
        groups.flatMap((group) => group.chunks),
        chunks.map(({ id }) => id),
      );
      const sum = (list: readonly { rows: number }[]) => list.reduce((total, { rows }) => total + rows, 0);
      assert.equal(sum(groups), sum(chunks));
    }),
  );
});

test('groups have about as many rows each, and small work is one group', () => {
  const days = Array.from({ length: 100 }, (_, i) => ({ id: `d${i}`, rows: 100 }));
  assert.deepEqual(
    groupChunks(days, { most: 4, leastRows: 1 }).map(({ rows }) => rows),
    [2_500, 2_500, 2_500, 2_500],
  );
  assert.equal(groupChunks(days, { most: 4, leastRows: 20_000 }).length, 1);
  assert.equal(groupChunks(days, { most: 64, leastRows: 5_000 }).length, 2);
  const named = Array.from({ length: 10_000 }, (_, i) => ({ id: `v:Кафе ${i}`, rows: 1 }));
  const written = (ids: readonly string[]) =>
    ids.reduce((sum, id) => sum + JSON.stringify(id).replace(/[^ -~]/g, '\\u0000').length + 2, 0);
  const sizes = groupChunks(named, { most: 1, leastRows: 1 }).map(({ chunks }) => written(chunks));
  assert.ok(sizes.length > 3 && sizes.every((size) => size < 128 * 1024), String(sizes));
  assert.deepEqual(groupChunks([], { most: 4, leastRows: 1 }), []);
  assert.equal(groupChunks([{ id: 'none', rows: 0 }], { most: 4, leastRows: 1 }).length, 1);
});
