import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { groupsAbove, groupsAfter, groupsOfLevels, matchGroups } from './groups.ts';

const LEVELS = [Int32Array.of(0, 0, 0, 0, 0, 1, 1), Int32Array.of(0, 0, 1, 1, 2, 3, 3)];
const named = (sets: number[][]) =>
  sets.map((set, i) => ({ id: `g${i}`, themes: set.map((theme) => `t${theme}`) }));

test('groups of several levels are distinct, and none has one theme', () => {
  assert.deepEqual(groupsOfLevels(LEVELS), [
    [0, 1, 2, 3, 4],
    [0, 1],
    [2, 3],
    [5, 6],
  ]);
  assert.deepEqual(groupsOfLevels([]), []);
});

test('each theme and group knows what it lies in, the nearest first', () => {
  const above = groupsAbove(named(groupsOfLevels(LEVELS)));
  assert.deepEqual(above.get('t2'), ['g2', 'g0']);
  assert.deepEqual(above.get('t4'), ['g0']);
  assert.deepEqual(above.get('t5'), ['g3']);
  assert.deepEqual(above.get('g1'), ['g0']);
  assert.equal(above.get('g0'), undefined);
});

test('edits change groups: parts stay where the theme was, what is merged leaves, a group of one is gone', () => {
  const groups = named(groupsOfLevels(LEVELS));
  const after = groupsAfter(groups, [
    { theme: 't5', parts: [] },
    { theme: 't0', parts: ['p', 'q'] },
    { theme: 't4', parts: [] },
    { theme: 'q', parts: [] },
  ]);
  assert.deepEqual(
    after.map(({ id, themes }) => [id, ...themes.toSorted()]),
    [
      ['g0', 'p', 't1', 't2', 't3'],
      ['g1', 'p', 't1'],
      ['g2', 't2', 't3'],
    ],
  );
  const alike = groupsAfter(groups, [
    { theme: 't2', parts: [] },
    { theme: 't3', parts: [] },
    { theme: 't4', parts: [] },
  ]);
  assert.deepEqual(
    alike.map(({ id }) => id),
    ['g0', 'g3'],
  );
});

test('groups stay nested and of two at least, whatever is edited', () => {
  const theme = fc.constantFrom('t0', 't1', 't2', 't3', 't4', 't5', 't6', 't0a', 't1b');
  const step = fc
    .tuple(theme, fc.boolean())
    .map(([theme, isSplit]) => ({ theme, parts: isSplit ? [`${theme}a`, `${theme}b`] : [] }));
  const steps = fc.array(step, { maxLength: 6 });
  fc.assert(
    fc.property(steps, (done) => {
      const after = groupsAfter(named(groupsOfLevels(LEVELS)), done);
      for (const { themes } of after) assert.ok(themes.length > 1);
      for (const a of after)
        for (const b of after) {
          const common = a.themes.filter((id) => b.themes.includes(id)).length;
          assert.ok(common === 0 || common === Math.min(a.themes.length, b.themes.length));
        }
    }),
  );
});

test('a group is the one that it has more than half of the items in common with', () => {
  const flows = [
    { before: 0, after: 1, items: 10 },
    { before: 1, after: 0, items: 8 },
    { before: 2, after: 2, items: 5 },
    { before: 3, after: 3, items: 5 },
    { before: 2, after: 3, items: 1 },
  ];
  const match = matchGroups(
    flows,
    [
      [0, 1],
      [2, 3],
      [0, 1, 2, 3],
    ],
    [
      [0, 1, 2, 3],
      [0, 1],
      [2, 3],
    ],
  );
  assert.deepEqual([...match].sort(), [
    [0, 2],
    [1, 0],
    [2, 1],
  ]);
  const half = [
    { before: 0, after: 0, items: 5 },
    { before: 1, after: 1, items: 5 },
  ];
  assert.equal(matchGroups(half, [[0, 1]], [[0]]).size, 0);
  assert.equal(matchGroups([], [[0, 1]], [[0, 1]]).size, 0);
});
