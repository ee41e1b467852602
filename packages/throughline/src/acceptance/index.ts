export { type LimitName, type MeasuredLimit, stops } from './limit.ts';
export { measurePublished } from './published.ts';
export { figureOf, recordLimits } from './record.ts';
export { limitOfJudgement } from './relevance.ts';
export { measureSpending } from './spending.ts';
