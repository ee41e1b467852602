export { diffRuns, type RunsDiff } from './diff-runs.ts';
export { findRun } from './find-run.ts';
export { listRuns, type RunEntry } from './manifest.ts';
export { exitCodeOf, type RunResult } from './result.ts';
export { type RunEffects, type RunOptions, type RunReporter, runPipeline, type Step } from './run.ts';
