import type { FakeApiOptions } from './options.ts';
import { randomOf } from './random.ts';

/** The standard normal distribution's 99th percentile. */
const Z_99 = 2.326;

/** Log-normal times in ms with the given median and 99th percentile, by the seed. */
export function latencyOf({ seed, latency: { medianMs, p99Ms } }: FakeApiOptions): () => number {
  const random = randomOf(seed + 1);
  const sigma = medianMs > 0 ? Math.log(Math.max(1, p99Ms / medianMs)) / Z_99 : 0;
  return () => medianMs * Math.exp(sigma * normal(random));
}

/** Box and Muller, 1958. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
