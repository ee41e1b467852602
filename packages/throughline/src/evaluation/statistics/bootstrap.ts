import { randomBits } from './random.ts';
import { roundsFor } from './rounds.ts';

/** Both ends, the lower first. */
export type Interval = [low: number, high: number];

export interface BootstrapOptions {
  /** Share of such intervals that hold the true mean. */
  level?: number;
  rounds?: number;
  seed?: number;
}

/**
 * Confidence interval of the mean of `values`, which are a sample of what could have been measured: the percentile
 * bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). The same values give the same
 * interval. Below about 30 values such intervals are somewhat too narrow. Throws RangeError without values.
 */
export function bootstrapInterval(
  values: readonly number[],
  { level = 0.95, rounds = roundsFor(values.length), seed = 0 }: BootstrapOptions = {},
): Interval {
  const n = values.length;
  if (n === 0) throw new RangeError('there is nothing to resample');
  const next = randomBits(seed);
  const means = new Float64Array(rounds);
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor((next() / 2 ** 32) * n)]!;
    means[round] = sum / n;
  }
  means.sort();
  const tail = (1 - level) / 2;
  return [quantile(means, tail), quantile(means, 1 - tail)];
}

/** Between two of the sorted values by their distance. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (place - below) * (high - low);
}
