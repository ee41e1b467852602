import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BYTES_PER_NUMBER, writeFloats } from './float-text.ts';

/** Checks every number of `values`, and that nothing was written beyond what is promised. */
function checkExact(values: Float32Array): void {
  const out = new Uint8Array(values.length * BYTES_PER_NUMBER + 2 + 1).fill(255);
  const end = writeFloats(out, 1, values);
  assert.equal(out[0], 255);
  assert.ok(end <= out.length && out.subarray(end).every((byte) => byte === 255));
  const text = Buffer.from(out.subarray(1, end)).toString('latin1');
  const numbers: number[] = JSON.parse(text);
  assert.equal(numbers.length, values.length);
  for (const [i, value] of values.entries())
    assert.ok(Object.is(Math.fround(numbers[i]!), value), `${value} became ${numbers[i]}`);
}

function floatOf(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}

test('every finite float32 reads back as itself, its sign included', () => {
  const finite = fc
    .integer({ min: 0, max: 2 ** 32 - 1 })
    .map(floatOf)
    .filter(Number.isFinite);
  fc.assert(
    fc.property(fc.array(finite, { maxLength: 50 }), (values) => checkExact(Float32Array.from(values))),
    { numRuns: 2000 },
  );
});

test('so do those of the size that vectors have, and all around every power of two', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { maxLength: 384 }), (values) =>
      checkExact(Float32Array.from(values)),
    ),
  );
  const around: number[] = [];
  for (let exponent = 0; exponent < 255; exponent++) {
    const bits = exponent * 2 ** 23;
    for (let step = -300; step <= 300; step++) if (bits + step >= 0) around.push(floatOf(bits + step));
  }
  checkExact(Float32Array.from([...around, ...around.map((value) => -value)].filter(Number.isFinite)));
});

test('a vector of length 1 takes 13 bytes a number, and less than 21 as the language writes it', () => {
  const values = Float32Array.from({ length: 384 }, (_, i) => Math.sin(i * i) / Math.sqrt(192));
  const out = new Uint8Array(values.length * BYTES_PER_NUMBER + 2);
  const end = writeFloats(out, 0, values);
  assert.ok(end / values.length < 13.5, `${end / values.length}`);
  assert.ok(JSON.stringify([...values]).length > end * 1.5);
});

test('what is no number is refused', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => writeFloats(new Uint8Array(40), 0, Float32Array.of(value)), RangeError);
});
