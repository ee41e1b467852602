export { compareAlone } from './alone.ts';
export { type CompareRequest, type Comparison, compareSides } from './compare.ts';
export { compareFit } from './fit-check.ts';
export { type ParityReport, parityHtml } from './report.ts';
export type { SelfCheck } from './self-check.ts';
export { DEFAULT_LIMITS, LEAST, type Limits, type VerdictLine } from './verdict.ts';
