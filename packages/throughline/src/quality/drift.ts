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

/**
 * Vectors of one dimension, at least two on each side, each of a record of its own: passages of one record are alike, and would be taken for
 * drift. Memory: a number for each pair. Deterministic by the seed.
 */
export function driftTest(
  one: readonly Float32Array[],
  other: readonly Float32Array[],
  options: DriftOptions,
): DriftTest {
  const all = [...one, ...other];
  return testSides(
    pairsOf(all),
    Uint8Array.from(all, (_, i) => Number(i < one.length)),
    options,
  );
}

/** The same of vectors whose distances are known: `isOne` has a 1 for those of one side. Changes nothing. */
export function testSides(pairs: Pairs, sides: Uint8Array, { permutations, seed }: DriftOptions): DriftTest {
  const isOne = sides.slice();
  const distance = energy(pairs, isOne);
  const next = randomBits(seed);
  const random = () => next() / 2 ** 32;
  let atLeast = 1;
  for (let i = 0; i < permutations; i++) {
    shuffle(isOne, random);
    if (energy(pairs, isOne) >= distance) atLeast++;
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

export interface Pairs {
  /** Row after row, n to the square. */
  distances: Float64Array;
  /** To all others, of each. */
  rowSums: Float64Array;
  /** Of all pairs. */
  total: number;
}

export function pairsOf(vectors: readonly Float32Array[]): Pairs {
  const distances = pairwise(vectors);
  const n = vectors.length;
  const rowSums = Float64Array.from({ length: n }, (_, i) =>
    distances.subarray(i * n, (i + 1) * n).reduce((sum, distance) => sum + distance, 0),
  );
  return { distances, rowSums, total: rowSums.reduce((sum, row) => sum + row, 0) / 2 };
}

/**
 * 2 E|X - Y| - E|X - X'| - E|Y - Y'|, over pairs of different vectors. Only the pairs of one side are added up: what its rows have besides is
 * between the sides, and the rest is of the other.
 */
function energy({ distances, rowSums, total }: Pairs, isOne: Uint8Array): number {
  const n = isOne.length;
  const members = Int32Array.from({ length: n }, (_, i) => i).filter((i) => isOne[i] === 1);
  let [within1, rows] = [0, 0];
  for (let a = 0; a < members.length; a++) {
    const i = members[a]!;
    rows += rowSums[i]!;
    for (let b = 0; b < a; b++) within1 += distances[i * n + members[b]!]!;
  }
  const between = rows - 2 * within1;
  const [ones, zeros] = [members.length, n - members.length];
  const pairs = (count: number) => (count * (count - 1)) / 2;
  return (2 * between) / (ones * zeros) - within1 / pairs(ones) - (total - within1 - between) / pairs(zeros);
}

function shuffle(labels: Uint8Array, random: () => number): void {
  for (let i = labels.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [labels[i], labels[j]] = [labels[j]!, labels[i]!];
  }
}
