export type { Person } from './ask.ts';
export type { ChosenColumns } from './choose-columns.ts';
export { type InitResult, initPipeline } from './init-pipeline.ts';
export type { LookedAt } from './look.ts';
