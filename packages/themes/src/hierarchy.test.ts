import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hierarchy } from './hierarchy.ts';
import { bySize } from './partition.ts';

const labels = (most: number) =>
  fc.array(fc.nat(most - 1), { minLength: 40, maxLength: 40 }).map((list) => bySize(Int32Array.from(list)));

test('groups are nested, coarse to fine, and each level has two groups at least, and half as many as what is below', () => {
  fc.assert(
    fc.property(labels(3), labels(6), labels(12), labels(20), (a, b, c, membership) => {
      const groupings = hierarchy([a, b, c], membership);
      const themes = new Set(membership).size;
      const counts = [...groupings.map((groups) => new Set(groups).size), themes];
      assert.ok(
        counts.every((count, i) => (i === 0 ? count >= 2 || themes < 2 : count >= 2 * counts[i - 1]!)),
        String(counts),
      );
      for (const [level, groups] of groupings.entries()) {
        assert.equal(groups.length, themes);
        const finer = groupings[level + 1];
        if (!finer) continue;
        const parent = new Map<number, number>();
        for (const [theme, group] of finer.entries()) {
          assert.equal(parent.get(group) ?? groups[theme], groups[theme]);
          parent.set(group, groups[theme]!);
        }
      }
    }),
  );
});

test('a theme goes where most of its members are', () => {
  const coarse = Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1);
  const themes = Int32Array.of(0, 0, 1, 1, 2, 2, 2, 3);
  assert.deepEqual(hierarchy([coarse], themes), [Int32Array.of(0, 0, 1, 1)]);
  assert.deepEqual(hierarchy([themes, Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0)], themes), []);
});
