export { type CompareRequest, type Comparison, compareSides } from './compare.ts';
export type { Limits, VerdictLine } from './verdict.ts';
