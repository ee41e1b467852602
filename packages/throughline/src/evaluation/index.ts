export type { MeasuredQuery } from './ask-queries.ts';
export { differenceOf } from './difference.ts';
export { type EvaluateOptions, evaluateSearch, type SearchEvaluation, type Side } from './evaluate-search.ts';
export { type IndexJudgement, judgeIndex } from './judge-index.ts';
export { type JudgementSet, readJudgements } from './judgements.ts';
export { measure } from './metrics.ts';
export { summarise } from './summary.ts';
export type { WorstQuery } from './worst.ts';
