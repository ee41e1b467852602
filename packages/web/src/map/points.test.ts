import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isInside, type Polygon } from './lasso.ts';
import { indexPoints } from './points.ts';

/** As the index keeps them: in single precision. Lassos of 1e-45 nobody draws, and their sides are lost in rounding. */
const coordinate = fc
  .integer({ min: -10_000_000, max: 10_000_000 })
  .map((millionths) => Math.fround(millionths / 1e6));
const point = fc.tuple(coordinate, coordinate, fc.integer({ min: -1, max: 2 }));
const columns = (rows: [number, number, number][]) => ({
  x: rows.map(([x]) => x),
  y: rows.map(([, y]) => y),
  theme: rows.map(([, , theme]) => theme),
  passageIds: rows.map((_, i) => `p${i}`),
  themes: ['a', 'b', 'c'],
});

test('the nearest point and those in a lasso are what looking at each point finds', () => {
  const polygon = fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(point), polygon, (rows, lasso: Polygon) => {
      const points = indexPoints(columns(rows));
      const shown = (theme: number) => theme !== 1;
      const seen = rows.flatMap(([x, y, theme], i) => (shown(theme) ? [{ i, x, y }] : []));
      assert.deepEqual(
        points.inside(lasso, shown),
        seen.filter(({ x, y }) => isInside(lasso, x, y)).map(({ i }) => i),
      );
      const away = (i: number | undefined) =>
        i === undefined ? Infinity : Math.hypot(rows[i]![0], rows[i]![1]);
      const least = Math.min(Infinity, ...seen.map(({ i }) => away(i)));
      assert.equal(away(points.nearest(0, 0, 5, shown)), least <= 5 ? least : Infinity);
    }),
  );
});

test('a map without points is a map', () => {
  const points = indexPoints(columns([]));
  assert.equal(
    points.nearest(0, 0, 1, () => true),
    undefined,
  );
  assert.deepEqual(
    points.inside(
      [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
      () => true,
    ),
    [],
  );
  assert.deepEqual(points.counts, [0, 0, 0, 0]);
});

test('themes are counted and have a middle', () => {
  const points = indexPoints(
    columns([
      [0, 0, 0],
      [2, 4, 0],
      [9, 9, 0],
      [1, 1, -1],
    ]),
  );
  assert.deepEqual(points.counts, [3, 0, 0, 1]);
  assert.deepEqual(points.middles, [[2, 4], undefined, undefined]);
});
