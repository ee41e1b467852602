/**
 * Whole numbers from 0 to 2^32 - 1 that depend on the seed alone: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of
 * state. For resampling, not for secrets.
 */
export function randomBits(seed: number): () => number {
  let [a, b, c, counter] = [0, 0, seed | 0, 1];
  const next = () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    return result >>> 0;
  };
  // The first numbers after the seed are alike for seeds that are alike.
  for (let i = 0; i < 15; i++) next();
  return next;
}
