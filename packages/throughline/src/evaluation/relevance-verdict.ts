/** Whether an index answers judged queries well enough to be promoted. */
import type { MeasuredQuery } from './ask-queries.ts';
import { type Difference, differenceOf } from './difference.ts';
import { meanOf, valuesOf } from './summary.ts';

export interface RelevanceLimit {
  /** Least mean nDCG@10. */
  min?: number | undefined;
  /** A lower mean than that of the promoted index counts as worse where p is smaller; 0: never. */
  significance: number;
}

export interface RelevanceVerdict {
  /** What is not kept, as sentences. */
  unmet: string[];
  /** Of the candidate to the promoted index; absent where there is none, or nothing to compare. */
  difference?: Difference;
}

/** Means of the same numbers in another order differ by less. */
const ROUNDING = 1e-9;

/** Pure. `promoted` holds the same queries in the same order. */
export function relevanceVerdict(
  candidate: readonly MeasuredQuery[],
  promoted: readonly MeasuredQuery[] | undefined,
  { min, significance }: RelevanceLimit,
): RelevanceVerdict {
  const mean = meanOf(valuesOf(candidate, 'ndcg@10'));
  const unmet: string[] = [];
  if (min !== undefined && mean < min - ROUNDING)
    unmet.push(`ndcg: nDCG@10 is ${decimal(mean)} over ${candidate.length} queries; at least ${min}`);
  if (promoted === undefined || significance === 0) return { unmet };
  const difference = differenceOf(candidate, promoted, 'ndcg@10');
  if (difference.mean < 0 && difference.p < significance)
    unmet.push(
      `ndcg: nDCG@10 is ${decimal(mean)}, and ${decimal(mean - difference.mean)} with the promoted index: worse by ${decimal(-difference.mean)} over ${candidate.length} queries, p = ${Number(difference.p.toPrecision(2))}`,
    );
  return { unmet, difference };
}

/** Cut, not rounded: nothing below a limit is shown as the limit. */
function decimal(value: number): string {
  return (Math.trunc((value + ROUNDING) * 1e4) / 1e4).toFixed(4);
}
