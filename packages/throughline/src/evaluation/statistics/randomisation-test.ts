import { randomBits } from './random.ts';
import { roundsFor } from './rounds.ts';

export interface RandomisationOptions {
  rounds?: number;
  seed?: number;
}

/** With no more differences than this all signs are tried: 2^13 < 10,000. */
const EXACT = 13;
/** Sums of the same numbers in another order differ by less than this share of them. */
const ROUNDING = 1e-12;

/**
 * How probable so great a mean difference is, in either direction, if it were chance which system each of the two values
 * of a query belongs to: the paired randomisation test of Fisher, two-sided (Smucker, Allan and Carterette, A Comparison
 * of Statistical Significance Tests for Information Retrieval Evaluation, CIKM 2007). Exact up to 13 differences that are
 * not 0; above, signs are drawn, and the drawn differences count as one of the draws, so that p is never 0 (Phipson and
 * Smyth 2010). 1 where nothing differs.
 */
export function randomisationTest(
  differences: readonly number[],
  { rounds, seed = 0 }: RandomisationOptions = {},
): number {
  const given = Float64Array.from(differences.filter((one) => one !== 0));
  const least = Math.abs(sum(given)) - ROUNDING * sum(given.map(Math.abs));
  if (given.length <= EXACT) return exact(given, least);
  const next = randomBits(seed);
  const drawn = rounds ?? roundsFor(given.length);
  let asGreat = 0;
  for (let round = 0; round < drawn; round++) {
    let total = 0;
    let bits = 0;
    for (let i = 0; i < given.length; i++) {
      if (i % 32 === 0) bits = next();
      total += bits & 1 ? given[i]! : -given[i]!;
      bits >>>= 1;
    }
    if (Math.abs(total) >= least) asGreat++;
  }
  return (asGreat + 1) / (drawn + 1);
}

function exact(given: Float64Array, least: number): number {
  const signs = 2 ** given.length;
  let asGreat = 0;
  for (let bits = 0; bits < signs; bits++) {
    const total = given.reduce((sum, one, i) => sum + (bits & (1 << i) ? one : -one), 0);
    if (Math.abs(total) >= least) asGreat++;
  }
  return asGreat / signs;
}

function sum(values: Float64Array): number {
  return values.reduce((total, one) => total + one, 0);
}
