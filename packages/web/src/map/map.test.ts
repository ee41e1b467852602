import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isInside } from './lasso.ts';
import { placeLabels } from './place-labels.ts';
import { extentOf, fit, pan, toData, toScreen, zoom } from './view.ts';

const size = { width: 800, height: 600 };
const coordinate = fc.double({ min: -50, max: 50, noNaN: true });
const view = fc.record({
  x: coordinate,
  y: coordinate,
  scale: fc.double({ min: 0.5, max: 500, noNaN: true }),
});
const near = (a: number, b: number) =>
  assert.ok(Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(a)), `${a} ${b}`);

test('a pixel and its place in the data belong together', () => {
  fc.assert(
    fc.property(view, coordinate, coordinate, (one, x, y) => {
      const [px, py] = toScreen(one, size, x, y);
      const [backX, backY] = toData(one, size, px, py);
      near(backX, x);
      near(backY, y);
    }),
  );
});

test('what is under the pointer stays there when one zooms, and follows it when one drags', () => {
  fc.assert(
    fc.property(view, fc.double({ min: 0.2, max: 5, noNaN: true }), (one, factor) => {
      const under = toData(one, size, 100, 500);
      const zoomed = zoom(one, size, factor, [100, 500], one.scale);
      const [px, py] = toScreen(zoomed, size, ...under);
      near(px, 100);
      near(py, 500);
      const [draggedX, draggedY] = toScreen(pan(one, 30, -20), size, ...under);
      near(draggedX, 130);
      near(draggedY, 480);
    }),
  );
});

test('all points are in sight at first', () => {
  const [xs, ys] = [
    [-3, 9, 2],
    [0, 40, 7],
  ];
  const all = fit(extentOf(xs, ys), size);
  for (const [i, x] of xs.entries()) {
    const [px, py] = toScreen(all, size, x, ys[i]!);
    assert.ok(px >= 0 && px <= size.width && py >= 0 && py <= size.height);
  }
});

test('zooming has an end on both sides', () => {
  const all = fit({ minX: 0, maxX: 1, minY: 0, maxY: 1 }, size);
  let far = all;
  for (let i = 0; i < 100; i++) far = zoom(far, size, 0.5, [0, 0], all.scale);
  near(far.scale, all.scale / 2);
});

test('a lasso holds what is inside, also where it is not convex', () => {
  const hook = [
    [0, 0],
    [10, 0],
    [10, 10],
    [8, 10],
    [8, 2],
    [0, 2],
  ] as const;
  assert.ok(isInside(hook, 9, 9));
  assert.ok(isInside(hook, 1, 1));
  assert.ok(!isInside(hook, 4, 6));
  assert.ok(!isInside(hook, 11, 1));
  assert.ok(!isInside([], 0, 0));
});

test('labels that would cover a label before them are left out', () => {
  const label = (text: string, x: number, y: number) => ({ text, x, y });
  const placed = placeLabels(
    [label('largest', 100, 100), label('covered', 110, 104), label('apart', 400, 100)],
    size,
  );
  assert.deepEqual(
    placed.map(({ text }) => text),
    ['largest', 'apart'],
  );
  assert.deepEqual(placeLabels([label('outside', 900, 100)], size), []);
  const [edge] = placeLabels([label('at the edge', 799, 100)], size);
  assert.ok(edge && edge.x < 780);
});
