import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Flow, matchThemes } from './match.ts';

/** Rows are themes before, columns themes after. */
function match(rows: number[][], after = rows[0]?.length ?? 0) {
  const flows = rows.flatMap((row, before) => row.map((items, to): Flow => ({ before, after: to, items })));
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  return matchThemes(flows, {
    before: rows.map(sum),
    after: Array.from({ length: after }, (_, to) => sum(rows.map((row) => row[to]!))),
  });
}
const statuses = (themes: { status: string; is: number | undefined }[]) =>
  themes.map(({ status, is }) => (is === undefined ? status : `${status} ${is}`));

test('themes that lose and win a few items are the same', () => {
  const { before, after } = match([
    [3, 90],
    [80, 7],
  ]);
  assert.deepEqual(statuses(before), ['same 1', 'same 0']);
  assert.deepEqual(statuses(after), ['same 1', 'same 0']);
  assert.deepEqual(after[0]!.shares[0], { theme: 1, items: 80, ofThis: 80 / 83, ofOther: 80 / 87 });
});

test('a split, a merge, a birth and a fading are told apart', () => {
  const { before, after } = match([
    [60, 40, 0, 0, 0],
    [0, 0, 50, 0, 0],
    [0, 0, 30, 0, 0],
    [0, 0, 0, 0, 0],
    [0, 0, 0, 70, 0],
  ]);
  assert.deepEqual(statuses(before), ['split 0', 'same 2', 'merged', 'faded', 'same 3']);
  assert.deepEqual(statuses(after), ['split 0', 'split', 'merged 1', 'same 4', 'born']);
  assert.deepEqual(
    after[2]!.shares.map(({ theme, ofThis }) => [theme, ofThis]),
    [
      [1, 50 / 80],
      [2, 30 / 80],
    ],
  );
});

test('a small theme that a large one takes in has merged, though the large one is the same', () => {
  const { before, after } = match([
    [200, 0],
    [12, 1],
    [0, 90],
  ]);
  assert.deepEqual(statuses(before), ['same 0', 'merged', 'same 1']);
  assert.deepEqual(statuses(after), ['same 0', 'same 2']);
});

test('a theme whose items scatter fades, and what they scatter into is not its part', () => {
  const { before, after } = match([
    [100, 0, 0, 10],
    [0, 100, 0, 11],
    [0, 0, 100, 12],
    [10, 10, 10, 0],
  ]);
  assert.deepEqual(statuses(before), ['same 0', 'same 1', 'same 2', 'faded']);
  assert.deepEqual(statuses(after), ['same 0', 'same 1', 'same 2', 'born']);
});

test('without shared items centroids say which theme is which', () => {
  const centroids = {
    before: new Float32Array([1, 0, 0, 1]),
    after: new Float32Array([0.1, 0.99, -1, 0]),
    dimension: 2,
  };
  const { before, after } = matchThemes([], { before: [9, 9], after: [9, 9], centroids });
  assert.deepEqual(statuses(before), ['faded', 'same 0']);
  assert.deepEqual(statuses(after), ['same 1', 'born']);
  assert.throws(() => matchThemes([], { before: [9, 9, 9], after: [9, 9], centroids }), RangeError);
});

test('a handful of old items does not make a new theme an old one', () => {
  const flows = [
    { before: 0, after: 0, items: 40 },
    { before: 1, after: 0, items: 42 },
    { before: 1, after: 1, items: 2 },
  ];
  const { before, after } = matchThemes(flows, { before: [44, 45], after: [119, 56] });
  assert.deepEqual(statuses(before), ['merged', 'same 0']);
  assert.deepEqual(statuses(after), ['merged 1', 'born']);
});

test('nothing before, or nothing after, is all born or all faded', () => {
  assert.deepEqual(statuses(match([], 2).after), ['born', 'born']);
  assert.deepEqual(statuses(match([[], []]).before), ['faded', 'faded']);
});

const tables = fc.integer({ min: 1, max: 5 }).chain((columns) =>
  fc.array(fc.array(fc.nat(20), { minLength: columns, maxLength: columns }), {
    minLength: 1,
    maxLength: 5,
  }),
);

test('as many items as can be stay in a theme that is theirs, and each theme is at most one other', () => {
  const best = (rows: number[][], free: number[]): number =>
    rows.length === 0
      ? 0
      : Math.max(
          best(rows.slice(1), free),
          ...free.map(
            (to) =>
              rows[0]![to]! +
              best(
                rows.slice(1),
                free.filter((one) => one !== to),
              ),
          ),
        );
  fc.assert(
    fc.property(tables, (rows) => {
      const { before, after } = match(rows);
      const kept = before.flatMap(({ is }, theme) => (is === undefined ? [] : [[theme, is] as const]));
      for (const [theme, is] of kept) assert.equal(after[is]!.is, theme);
      assert.equal(new Set(kept.map(([, is]) => is)).size, kept.length);
      const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
      const columns = rows[0]!.map((_, to) => sum(rows.map((row) => row[to]!)));
      const allowed = rows.map((row) =>
        row.map((items, to) => (2 * items >= Math.min(sum(row), columns[to]!) ? items : 0)),
      );
      const staying = sum(kept.map(([theme, is]) => rows[theme]![is]!));
      assert.equal(staying, best(allowed, [...rows[0]!.keys()]));
    }),
  );
});

test('pairs that are settled are not looked for', () => {
  const flows = [
    { before: 0, after: 0, items: 9 },
    { before: 1, after: 1, items: 9 },
  ];
  const { before, after } = matchThemes(flows, { before: [9, 9], after: [9, 9], pairs: [[0, 1]] });
  assert.deepEqual(statuses(before), ['same 1', 'merged']);
  assert.deepEqual(statuses(after), ['born', 'same 0']);
});

test('the same themes under other numbers are all the same', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (order) => {
      const rows = order.map((to) => Array.from({ length: 5 }, (_, i) => (i === to ? 9 : 0)));
      assert.deepEqual(
        statuses(match(rows).before),
        order.map((to) => `same ${to}`),
      );
    }),
  );
});
