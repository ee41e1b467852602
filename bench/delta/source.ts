import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** Floats of a row. */
export const WIDTH = 384;
const ROWS_AT_ONCE = 4096;

/**
 * Writes `rows` vectors of float32, one after the other: each another one, of numbers that do not repeat (a generator
 * of a fixed seed), so that no format can store one for many.
 */
export async function writeVectors(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  const next = xorshift(42);
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    const vectors = new Float32Array(Math.min(ROWS_AT_ONCE, rows - from) * WIDTH);
    for (let i = 0; i < vectors.length; i++) vectors[i] = next() / 2 ** 31 - 1;
    if (!file.write(Buffer.from(vectors.buffer))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

/** Marsaglia, "Xorshift RNGs" (2003): 32 bits a call. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
