export { openMlflow } from './mlflow/mlflow.ts';
export { openOpenLineage } from './openlineage/openlineage.ts';
export type { BegunRun, Collector, RunEnd, TrackedRun } from './tracked-run.ts';
