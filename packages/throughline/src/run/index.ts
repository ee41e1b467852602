export { listRuns, type RunEntry } from './manifest.ts';
export { exitCodeOf, type RunResult } from './result.ts';
export { type RunEffects, type RunOptions, type RunReporter, runPipeline } from './run.ts';
