export { listRuns, type RunEntry } from './manifest.ts';
export { type RunEffects, type RunOptions, type RunReporter, type RunResult, runPipeline } from './run.ts';
