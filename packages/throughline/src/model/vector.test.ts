import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pool } from './pooling.ts';
import { normaliseInto, normaliseRows, vectorFault } from './vector.ts';

const numbers = (length: number) =>
  fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: length, maxLength: length });

test('a normalised vector has length 1 and keeps its direction', () => {
  fc.assert(
    fc.property(numbers(8), (values) => {
      fc.pre(values.some((value) => Math.abs(value) > 1e-3));
      const out = new Float32Array(10);
      normaliseInto(out, 1, Float64Array.from(values), true);
      const length = Math.hypot(...out);
      assert.ok(Math.abs(length - 1) < 1e-6, `${length}`);
      const scale = Math.hypot(...values);
      for (const [d, value] of values.entries()) assert.ok(Math.abs(out[d + 1]! * scale - value) < 1e-3);
      assert.equal(out[0], 0);
      assert.equal(out[9], 0);
    }),
  );
});

test('without normalising, a vector is the mean of its own tokens', () => {
  const hidden = Float32Array.of(1, 2, 3, 6, /* second text */ -4, 0, 4, 10);
  assert.deepEqual([...pool(hidden, 2, 2, 'mean', false)], [2, 4, 0, 5]);
  assert.deepEqual([...pool(hidden, 1, 2, 'mean', false)], [1, 4.5]);
});

test('the first or the last token can stand for the text', () => {
  const hidden = Float32Array.of(1, 2, 3, 6, /* second text */ -4, 0, 4, 10);
  assert.deepEqual([...pool(hidden, 2, 2, 'cls', false)], [1, 2, -4, 0]);
  assert.deepEqual([...pool(hidden, 2, 2, 'last', false)], [3, 6, 4, 10]);
});

test('rows are scaled one by one, and those that stand for no vector stay so', () => {
  const rows = Float32Array.of(3, 4, Number.NaN, Number.NaN, 0, 2);
  normaliseRows(rows, 2);
  assert.deepEqual([...rows], [Math.fround(0.6), Math.fround(0.8), Number.NaN, Number.NaN, 0, 1]);
});

test('the texts pooled beside a text never change its vector', () => {
  fc.assert(
    fc.property(numbers(12), numbers(12), numbers(12), (a, b, c) => {
      const alone = pool(Float32Array.from(b), 1, 4, 'mean', true);
      const among = pool(Float32Array.from([...a, ...b, ...c]), 3, 4, 'mean', true).subarray(4, 8);
      assert.deepEqual([...among], [...alone]);
    }),
  );
});

test('a vector that is missing, not finite or all zeros is refused, any other is not', () => {
  assert.match(vectorFault(Float32Array.of(1, 2, 3), 2, 2)!, /missing/);
  assert.match(vectorFault(Float32Array.of(1, Number.NaN), 0, 2)!, /not finite at position 1/);
  assert.match(
    vectorFault(Float32Array.of(1, 1, Number.POSITIVE_INFINITY), 1, 2)!,
    /not finite at position 1/,
  );
  assert.match(vectorFault(Float32Array.of(5, 0, -0), 1, 2)!, /all zeros/);
  assert.equal(vectorFault(Float32Array.of(0, 0, 1e-9), 1, 2), undefined);
});
