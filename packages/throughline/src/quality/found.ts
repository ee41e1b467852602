import type { CheckResult } from './results.ts';

/** What a check of a table came to, but for its name. */
export type Found = Pick<CheckResult, 'status' | 'observed' | 'expected' | 'detail'> & { sample?: string[] };

/** Numbers for people. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
