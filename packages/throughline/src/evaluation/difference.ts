import type { MeasuredQuery } from './ask-queries.ts';
import type { Measure } from './metrics.ts';
import { bootstrapInterval, type Interval } from './statistics/bootstrap.ts';
import { holm } from './statistics/holm.ts';
import { randomisationTest } from './statistics/randomisation-test.ts';
import { meanOf } from './summary.ts';

/** Of two systems that were asked the same queries. */
export interface Difference {
  /** Above 0 where the first has the greater mean. */
  mean: number;
  /** 95 % confidence interval of the mean difference. */
  interval: Interval;
  /** Two-sided, of the paired randomisation test. */
  p: number;
}

/** Both hold the same queries in the same order. */
export function differenceOf(
  a: readonly MeasuredQuery[],
  b: readonly MeasuredQuery[],
  measure: Measure,
): Difference {
  const differences = a.map(({ id, measures }, i) => {
    if (b[i]?.id !== id) throw new Error(`query ${id} was not asked of both`);
    return measures[measure] - b[i].measures[measure];
  });
  return {
    mean: meanOf(differences),
    interval: bootstrapInterval(differences),
    p: randomisationTest(differences),
  };
}

/** Adds `pHolm`: p among the other comparisons by the same measure. */
export function adjusted<T extends { p: number; measure: Measure }>(
  differences: readonly T[],
): (T & { pHolm: number })[] {
  const measures = new Set(differences.map(({ measure }) => measure));
  const pHolm = new Map<T, number>();
  for (const measure of measures) {
    const family = differences.filter((one) => one.measure === measure);
    for (const [i, p] of holm(family.map(({ p }) => p)).entries()) pHolm.set(family[i]!, p);
  }
  return differences.map((one) => ({ ...one, pHolm: pHolm.get(one)! }));
}
