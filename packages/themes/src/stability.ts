import { agreement } from './agreement.ts';
import { type FitOptions, fit } from './fit.ts';
import { random, shuffled } from './random.ts';
import { gatherRows } from './rows.ts';
import { rowCount } from './unit-vectors.ts';

/** Labels of some items; `items[i]` has `labels[i]`. Items are in ascending order. */
export interface PartialLabels {
  items: Int32Array;
  labels: ArrayLike<number>;
}

export interface StabilityOptions extends Omit<FitOptions, 'onProgress'> {
  /** Fits that are compared pair by pair; 5 unless told. */
  runs?: number;
  /** Share of the vectors in each fit, drawn at random; .8 unless told. 1: all of them, and only the seed differs. */
  share?: number;
}

/**
 * How far themes hold still, by the adjusted Rand index of the items that two fits share, the mean over all pairs of `runs` fits: of random
 * samples, or, with a share of 1, of seeds. 1 is the same themes each time, 0 what chance gives. A sample is fitted as `fit` fits so many vectors, which
 * with 300 to 375 and with 20,000 to 25,000 of them may be a graph of other width than the whole has: give `k` to compare one.
 */
export async function stability(
  vectors: Float32Array,
  dimension: number,
  { runs = 5, share = 0.8, seed = 0, ...options }: StabilityOptions = {},
): Promise<number> {
  const found: PartialLabels[] = [];
  for (const [run, items] of randomSamples(rowCount(vectors, dimension), runs, share, seed).entries()) {
    const rows = gatherRows(vectors, dimension, items);
    const { membership } = await fit(rows, dimension, { ...options, seed: seed + 1000 * run });
    found.push({ items, labels: membership });
  }
  return meanSharedAri(found);
}

/** `runs` samples of the numbers below n, ascending, each without repetition; the same seed gives the same ones. */
export function randomSamples(n: number, runs: number, share: number, seed: number): Int32Array[] {
  const next = random(seed);
  const size = Math.round(n * share);
  return Array.from({ length: runs }, () => shuffled(n, next).slice(0, size).sort());
}

/** The mean adjusted Rand index over all pairs of labellings, each on the items that both have. 1 for fewer than two. */
export function meanSharedAri(labellings: readonly PartialLabels[]): number {
  const values: number[] = [];
  for (const [i, a] of labellings.entries()) {
    const labels = new Map(Array.from(a.items, (item, at) => [item, a.labels[at]!]));
    for (const b of labellings.slice(i + 1)) {
      const shared = Array.from(b.items.keys()).filter((at) => labels.has(b.items[at]!));
      const ofA = shared.map((at) => labels.get(b.items[at]!)!);
      values.push(
        agreement(
          ofA,
          shared.map((at) => b.labels[at]!),
        ).ari,
      );
    }
  }
  return values.length === 0 ? 1 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
