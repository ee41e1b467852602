export { type Figure, type LimitName, type MeasuredLimit, stops } from './limit.ts';
export { measurePublished, type PublishedTables } from './published.ts';
export { figureOf, recordLimits } from './record.ts';
export { limitOfJudgement } from './relevance.ts';
export { measureSpending, type Spent } from './spending.ts';
