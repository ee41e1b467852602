/** Enough for the second digit of an interval's ends and of a p-value about 0.05. */
const MOST = 10_000;
const FEWEST = 1_000;
/** About a tenth of a second. */
const DRAWS = 20_000_000;

/** How often `n` values are drawn anew: 10,000 times up to 2,000 values, then less, so that time stays bounded. */
export function roundsFor(n: number): number {
  return Math.max(FEWEST, Math.min(MOST, Math.floor(DRAWS / Math.max(n, 1))));
}
