import type { NearestRows } from './nearest-rows.ts';

/** Cosine by which a neighbour counts e times less. */
const TEMPERATURE = 0.05;

/** For each of `count` items the mean of the positions (n * 2) of its nearest rows, weighted by exp((cosine - that of the nearest) / .05). */
export function place(near: NearestRows, count: number, positions: Float32Array): Float32Array {
  return Float32Array.from({ length: count * 2 }, (_, i) => {
    const first = Math.floor(i / 2) * near.k;
    let [sum, weights] = [0, 0];
    for (let at = first; at < first + near.k; at++) {
      const weight = Math.exp((near.similarities[at]! - near.similarities[first]!) / TEMPERATURE);
      sum += weight * positions[near.indices[at]! * 2 + (i % 2)]!;
      weights += weight;
    }
    return sum / weights;
  });
}
