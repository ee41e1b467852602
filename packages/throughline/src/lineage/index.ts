export { type Collectors, openCollectors } from './open-collectors.ts';
export type { BegunRun, RunEnd, TrackedRun } from './tracked-run.ts';
