/**
 * Whether two samples of vectors are of one distribution: the energy distance (Szekely and Rizzo 2004) with a permutation test. It sees other
 * means and other neighbourhoods alike, and needs no assumption about either.
 */
import { randomBits } from '../evaluation/statistics/random.ts';

export interface DriftTest {
  /** 0 for samples that are alike; grows with how far apart they are. */
  distance: number;
  /** Share of random halves of both together that differ at least as much: below it, chance alone is no explanation. */
  p: number;
}

export interface DriftOptions {
  permutations: number;
  seed: number;
}

/** Vectors of one dimension, at least two on each side. Memory: a number for each pair. Deterministic by the seed. */
export function driftTest(
  one: readonly Float32Array[],
  other: readonly Float32Array[],
  { permutations, seed }: DriftOptions,
): DriftTest {
  const all = [...one, ...other];
  const distances = pairwise(all);
  const isOne = Uint8Array.from(all, (_, i) => Number(i < one.length));
  const distance = energy(distances, isOne);
  const next = randomBits(seed);
  const random = () => next() / 2 ** 32;
  let atLeast = 1;
  for (let i = 0; i < permutations; i++) {
    shuffle(isOne, random);
    if (energy(distances, isOne) >= distance) atLeast++;
  }
  return { distance, p: atLeast / (permutations + 1) };
}

function pairwise(vectors: readonly Float32Array[]): Float64Array {
  const n = vectors.length;
  const distances = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      let sum = 0;
      const [a, b] = [vectors[i]!, vectors[j]!];
      for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) ** 2;
      const distance = Math.sqrt(sum);
      distances[i * n + j] = distance;
      distances[j * n + i] = distance;
    }
  return distances;
}

/** 2 E|X - Y| - E|X - X'| - E|Y - Y'|, over pairs of different vectors. */
function energy(distances: Float64Array, isOne: Uint8Array): number {
  const n = isOne.length;
  let [between, within1, within0, ones] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    ones += isOne[i]!;
    for (let j = 0; j < i; j++) {
      const distance = distances[i * n + j]!;
      if (isOne[i] !== isOne[j]) between += distance;
      else if (isOne[i] === 1) within1 += distance;
      else within0 += distance;
    }
  }
  const zeros = n - ones;
  const pairs = (count: number) => (count * (count - 1)) / 2;
  return (2 * between) / (ones * zeros) - within1 / pairs(ones) - within0 / pairs(zeros);
}

function shuffle(labels: Uint8Array, random: () => number): void {
  for (let i = labels.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [labels[i], labels[j]] = [labels[j]!, labels[i]!];
  }
}
