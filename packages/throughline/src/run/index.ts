export { diffRuns, type RunsDiff } from './diff-runs.ts';
export { findRun } from './find-run.ts';
export { listRuns, type RunEntry } from './manifest.ts';
export { pinRun, unpinRun } from './pin-run.ts';
export { exitCodeOf, type RunResult } from './result.ts';
export { type RunEffects, type RunOptions, type RunReporter, runPipeline } from './run.ts';
