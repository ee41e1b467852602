/** Everybody who collects runs, as one. */
import type { Config } from '../config/index.ts';
import {
  type Collector,
  openMlflow,
  openOpenLineage,
  type RunEnd,
  type TrackedRun,
} from '../lineage/index.ts';
import { openMetricsCollector, openRunTraces } from '../telemetry/index.ts';

export interface Collectors {
  /** Returns at once. */
  begun(run: TrackedRun): void;
  /** Never rejects: each collector that could not be told is a warning, one for the run. */
  ended(run: TrackedRun, end: RunEnd): Promise<void>;
}

export function openCollectors(
  { lineage = {}, metrics }: Pick<Config, 'lineage' | 'metrics'>,
  env: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): Collectors {
  const { openlineage, mlflow } = lineage;
  const collectors: Record<string, Collector> = {
    ...(openlineage && { OpenLineage: openOpenLineage(openlineage, env) }),
    ...(mlflow && { MLflow: openMlflow(mlflow, env) }),
    ...(metrics && { Prometheus: openMetricsCollector(metrics) }),
    OpenTelemetry: openRunTraces(env),
  };
  return {
    begun(run) {
      for (const collector of Object.values(collectors)) collector.begun(run);
    },
    async ended(run, end) {
      await Promise.all(
        Object.entries(collectors).map(([name, collector]) =>
          collector.ended(run, end).catch(({ message }: Error) => {
            warn(`${name} was not told of this run: ${message.split('\n')[0]}`);
          }),
        ),
      );
    },
  };
}
