import { dot } from '../dot.ts';
import { gatherRows } from '../rows.ts';
import type { RandomState } from './random-state.ts';

const { fround } = Math;

/**
 * Rows to start from: greedy k-means++ (Arthur and Vassilvitskii 2007, "k-means++: the advantages of careful seeding", section 5), the
 * best of 2 + floor(ln k) candidates each time, as scikit-learn draws and rounds them: distances in float64, kept in float32.
 */
export function plusPlus(
  rows: Float32Array,
  dimension: number,
  k: number,
  random: RandomState,
): Float32Array {
  const n = rows.length / dimension;
  const trials = 2 + Math.floor(Math.log(k));
  const squares = Float64Array.from({ length: n }, (_, row) => dot(rows, row, rows, row, dimension));
  const distancesTo = (centre: number) => {
    const distances = new Float32Array(n);
    for (let row = 0; row < n; row++) {
      const distance = squares[centre]! + squares[row]! - 2 * dot(rows, centre, rows, row, dimension);
      distances[row] = Math.max(0, distance);
    }
    return distances;
  };
  const chosen = [uniformRow(n, random)];
  let closest: Float32Array = distancesTo(chosen[0]!);
  let potential = sum(closest);
  while (chosen.length < k) {
    const draws = Array.from({ length: trials }, () => random.sample() * potential);
    let best: { row: number; closest: Float32Array; potential: number } | undefined;
    for (const row of rowsAt(closest, draws)) {
      const nearer = distancesTo(row);
      for (const [item, distance] of closest.entries()) if (distance < nearer[item]!) nearer[item] = distance;
      const after = sum(nearer);
      if (!best || after < best.potential) best = { row, closest: nearer, potential: after };
    }
    chosen.push(best!.row);
    closest = best!.closest;
    potential = best!.potential;
  }
  return gatherRows(rows, dimension, chosen);
}

/** `RandomState.choice(n, p=equal float32 shares)`. */
function uniformRow(n: number, random: RandomState): number {
  const share = fround(1 / n);
  const cumulated = new Float64Array(n);
  let total = 0;
  for (let row = 0; row < n; row++) {
    total += share;
    cumulated[row] = total;
  }
  for (let row = 0; row < n; row++) cumulated[row] = cumulated[row]! / total;
  const drawn = random.sample();
  return firstWhere(cumulated, (value) => value > drawn);
}

/** For each draw the first row at which the sum of the weights reaches it (`searchsorted`, left), or the last. */
function rowsAt(weights: Float32Array, draws: readonly number[]): number[] {
  const cumulated = new Float64Array(weights.length);
  let total = 0;
  for (const [row, weight] of weights.entries()) {
    total += weight;
    cumulated[row] = total;
  }
  return draws.map((drawn) =>
    Math.min(
      firstWhere(cumulated, (value) => value >= drawn),
      weights.length - 1,
    ),
  );
}

/** Of ascending values the first that `holds`, by halving. */
function firstWhere(values: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(values[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return fround(total);
}
