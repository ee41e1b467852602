import type { MeasuredQuery } from './ask-queries.ts';
import { forMeasures, type Measure, type Measures } from './metrics.ts';
import { bootstrapInterval, type Interval } from './statistics/bootstrap.ts';

export interface Summary {
  means: Measures;
  /** 95 % confidence intervals of the means. */
  intervals: Record<Measure, Interval>;
}

/** Throws RangeError without queries. */
export function summarise(queries: readonly MeasuredQuery[]): Summary {
  return {
    means: forMeasures((name) => meanOf(valuesOf(queries, name))),
    intervals: forMeasures((name) => bootstrapInterval(valuesOf(queries, name))),
  };
}

export function valuesOf(queries: readonly MeasuredQuery[], measure: Measure): number[] {
  return queries.map(({ measures }) => measures[measure]);
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
