import assert from 'node:assert/strict';
import { test } from 'node:test';
import { representatives } from './representatives.ts';

/** Points of the unit circle at these degrees. */
const circle = (...degrees: number[]) =>
  Float32Array.from(degrees.flatMap((d) => [Math.cos((d * Math.PI) / 180), Math.sin((d * Math.PI) / 180)]));

test('the most central member comes first', () => {
  const vectors = circle(-40, 5, 40, 90);
  const [first, second] = representatives(vectors, 2, Int32Array.of(0, 0, 0, 1), circle(0, 90));
  assert.equal(first![0], 1);
  assert.deepEqual([...second!], [3]);
});

test('nearly identical members are shown once', () => {
  const vectors = circle(0, 0, 0.1, 30, 30.1);
  const [picked] = representatives(vectors, 2, new Int32Array(5), circle(10), { perTheme: 5 });
  assert.deepEqual([...picked!].map((item) => (item < 3 ? 'a' : 'b')).sort(), ['a', 'b']);
});

test('a theme of copies has one representative, the first', () => {
  const [picked] = representatives(circle(7, 7, 7), 2, new Int32Array(3), circle(7));
  assert.deepEqual([...picked!], [0]);
});

test('no themes have no representatives', () => {
  assert.deepEqual(representatives(new Float32Array(0), 2, new Int32Array(0), new Float32Array(0)), []);
});
