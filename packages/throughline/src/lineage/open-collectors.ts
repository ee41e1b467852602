/** Everybody who collects runs, as one. */
import type { Config } from '../config/index.ts';
import { openMlflow } from './mlflow/mlflow.ts';
import { openOpenLineage } from './openlineage/openlineage.ts';
import type { RunEnd, TrackedRun } from './tracked-run.ts';

export interface Collectors {
  /** Returns at once. */
  begun(run: TrackedRun): void;
  /** Never rejects: each collector that could not be told is a warning, one for the run. */
  ended(run: TrackedRun, end: RunEnd): Promise<void>;
}

export function openCollectors(
  { lineage = {} }: Pick<Config, 'lineage'>,
  env: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): Collectors {
  const { openlineage, mlflow } = lineage;
  const collectors = [
    ...(openlineage ? [{ name: 'OpenLineage', collector: openOpenLineage(openlineage, env) }] : []),
    ...(mlflow ? [{ name: 'MLflow', collector: openMlflow(mlflow, env) }] : []),
  ];
  return {
    begun(run) {
      for (const { collector } of collectors) collector.begun(run);
    },
    async ended(run, end) {
      await Promise.all(
        collectors.map(({ name, collector }) =>
          collector.ended(run, end).catch(({ message }: Error) => {
            warn(`${name} was not told of this run: ${message.split('\n')[0]}`);
          }),
        ),
      );
    },
  };
}
