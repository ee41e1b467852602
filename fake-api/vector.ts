import { createHash } from 'node:crypto';
import { randomOf } from './random.ts';

/** The vector of a text: a function of the text and the dimension alone, of length 1, so that a test knows it. */
export function vectorOf(text: string, dimension: number): Float32Array {
  const random = randomOf(createHash('sha256').update(text).digest().readUInt32LE());
  const numbers = Float64Array.from({ length: dimension }, () => random() - 0.5);
  const norm = Math.sqrt(numbers.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(numbers, (value) => value / norm);
}
