export type { Person } from './ask.ts';
export type { ChosenColumns } from './choose-columns.ts';
export { pipelineName } from './find-source.ts';
export { type InitResult, initPipeline } from './init-pipeline.ts';
export { type LookedAt, lookAt } from './look.ts';
