export { type CompareRequest, type Comparison, compareSides } from './compare.ts';
export type { Limits } from './verdict.ts';
