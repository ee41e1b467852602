import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lengthQueue } from './length-queue.ts';

const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 200 });
const budgets = fc.integer({ min: 1, max: 64 });

test('every item comes out once, with its own length, within the budget or alone', () => {
  fc.assert(
    fc.property(lengths, budgets, (items, budget) => {
      const queue = lengthQueue<number>();
      for (const [id, length] of items.entries()) queue.push(length, id);
      const seen: number[] = [];
      for (let batch = queue.take(budget); batch; batch = queue.take(budget)) {
        assert.ok(batch.items.length === 1 || batch.items.length * batch.length <= budget);
        for (const id of batch.items) assert.equal(items[id], batch.length);
        seen.push(...batch.items);
        assert.equal(queue.size, items.length - seen.length);
      }
      assert.deepEqual(
        seen.toSorted((a, b) => a - b),
        items.map((_, id) => id),
      );
    }),
  );
});

test('the item that has waited longest is always in the next batch', () => {
  fc.assert(
    fc.property(lengths, budgets, (items, budget) => {
      const queue = lengthQueue<number>();
      for (const [id, length] of items.entries()) queue.push(length, id);
      const left = new Set(items.keys());
      for (let batch = queue.take(budget); batch; batch = queue.take(budget)) {
        assert.equal(batch.items[0], left.values().next().value);
        for (const id of batch.items) left.delete(id);
      }
    }),
  );
});

test('what is dropped never comes out', () => {
  fc.assert(
    fc.property(lengths, fc.integer({ min: 2, max: 5 }), (items, modulus) => {
      const queue = lengthQueue<number>();
      for (const [id, length] of items.entries()) queue.push(length, id);
      const kept = items.map((_, id) => id).filter((id) => id % modulus !== 0);
      assert.equal(
        queue.drop((id) => id % modulus === 0),
        items.length - kept.length,
      );
      assert.equal(queue.size, kept.length);
      const seen: number[] = [];
      for (let batch = queue.take(50); batch; batch = queue.take(50)) seen.push(...batch.items);
      assert.deepEqual(
        seen.toSorted((a, b) => a - b),
        kept,
      );
    }),
  );
});
