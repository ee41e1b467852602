import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { holm } from './holm.ts';

test('p-values are adjusted as by hand', () => {
  assert.deepEqual(holm([]), []);
  assert.deepEqual(holm([0.02]), [0.02]);
  // .005 * 4, .01 * 3, .03 * 2, and .04, which is not below the one before.
  assert.deepEqual(
    holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(12))),
    [0.03, 0.06, 0.06, 0.02],
  );
  assert.deepEqual(holm([0.6, 0.9]), [1, 1]);
});

test('none gets smaller, none more than Bonferroni has it, and their order stays', () => {
  const p = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(p, { maxLength: 8 }), (given) => {
      const adjusted = holm(given);
      for (const [i, one] of given.entries()) {
        assert.ok(adjusted[i]! >= one && adjusted[i]! <= Math.min(1, one * given.length));
        for (const [j, other] of given.entries()) if (one < other) assert.ok(adjusted[i]! <= adjusted[j]!);
      }
    }),
  );
});
