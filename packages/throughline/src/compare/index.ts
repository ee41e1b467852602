export {
  type CompareRequest,
  type Comparison,
  compareSides,
  DEFAULT_QUERIES,
  type SideCounts,
} from './compare.ts';
export type { Limits, VerdictLine } from './verdict.ts';
