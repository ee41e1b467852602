/** Runs as runs of MLflow, by its REST API 2.0. */
import type { Config } from '../../config/index.ts';
import { HttpError } from '../../http/index.ts';
import { leastRecall } from '../../search/least-recall.ts';
import { readManifest } from '../../search/manifest.ts';
import { type CollectorClient, openCollectorClient } from '../collector-client.ts';
import type { Collector, RunEnd, TrackedRun } from '../tracked-run.ts';
import { metricsOf } from './metrics.ts';
import { type Entry, paramsOf } from './params.ts';

const API = 'api/2.0/mlflow';
/** Of one request: parameters and tags, and figures. */
const MOST_ENTRIES = 100;
const STATUS = { done: 'FINISHED', failed: 'FAILED', interrupted: 'KILLED' } as const;

/** The run is there while it works; where the server could not be reached when it began, it is made when it ends. */
export function openMlflow(
  settings: NonNullable<NonNullable<Config['lineage']>['mlflow']>,
  env: NodeJS.ProcessEnv,
): Collector {
  const client = openCollectorClient('lineage.mlflow', settings, env);
  let begun: Promise<string | undefined> | undefined;
  const begin = async (run: TrackedRun) => {
    const experiment = await experimentId(client, settings.experiment ?? run.config.name);
    return await createRun(client, experiment, run);
  };
  return {
    begun(run) {
      begun = begin(run).catch(() => undefined);
    },
    async ended(run, end) {
      const id = (await begun) ?? (await begin(run));
      await logRun(client, id, run, end);
      const update = { run_id: id, status: STATUS[end.status], end_time: end.ended };
      await client.post(`${API}/runs/update`, update);
    },
  };
}

/** Made unless it is there; another process may be making it. */
async function experimentId(client: CollectorClient, name: string): Promise<string> {
  const find = async () => {
    const path = `${API}/experiments/get-by-name?${new URLSearchParams({ experiment_name: name })}`;
    const answer = await client.get(path).catch((error) => {
      if (statusOf(error) === 404) return undefined;
      throw error;
    });
    return (answer as { experiment?: { experiment_id: string } } | undefined)?.experiment?.experiment_id;
  };
  const there = await find();
  if (there !== undefined) return there;
  try {
    const made = await client.post(`${API}/experiments/create`, { name });
    return (made as { experiment_id: string }).experiment_id;
  } catch (error) {
    const meanwhile = statusOf(error) === 400 ? await find() : undefined;
    if (meanwhile === undefined) throw error;
    return meanwhile;
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof HttpError && error.failure.kind === 'status' ? error.failure.status : undefined;
}

async function createRun(client: CollectorClient, experiment: string, run: TrackedRun): Promise<string> {
  const { git } = (run.begun?.manifest ?? {}) as { git?: { commit: string; dirty: boolean } };
  const answer = await client.post(`${API}/runs/create`, {
    experiment_id: experiment,
    start_time: run.started,
    run_name: run.run,
    tags: entries({
      'mlflow.runName': run.run,
      'mlflow.source.type': 'JOB',
      'mlflow.source.name': `throughline run (${run.config.name})`,
      'mlflow.source.git.commit': git?.commit,
      'throughline.git.dirty': git && String(git.dirty),
    }),
  });
  return (answer as { run: { info: { run_id: string } } }).run.info.run_id;
}

async function logRun(client: CollectorClient, id: string, run: TrackedRun, end: RunEnd): Promise<void> {
  const { settings = {}, ...manifest } = (run.begun?.manifest ?? {}) as {
    settings?: Record<string, unknown>;
    config?: string;
    model?: { id: string; digest: string };
  };
  const { result, error } = end;
  const tags = entries({
    'throughline.run': run.run,
    'throughline.config': manifest.config,
    'throughline.model': manifest.model?.id,
    'throughline.model_digest': manifest.model?.digest,
    'throughline.build': result?.build,
    'throughline.index': result?.index,
    'throughline.themes': result?.themes,
    'throughline.tables': result && JSON.stringify(result.tables),
    'throughline.error': error && `${error.code}: ${error.message}`.slice(0, 2_000),
  });
  const metrics = { ...metricsOf(run, end), ...(await recallOf(run, end)) };
  const timed = Object.entries(metrics).map(([key, value]) => ({
    key,
    value,
    timestamp: end.ended,
    step: 0,
  }));
  const params = paramsOf(settings);
  const most = Math.max(params.length, timed.length, tags.length);
  for (let i = 0; i < most; i += MOST_ENTRIES) {
    const part = <T>(all: readonly T[]) => all.slice(i, i + MOST_ENTRIES);
    const batch = { run_id: id, params: part(params), metrics: part(timed), tags: part(tags) };
    await client.post(`${API}/runs/log-batch`, batch);
  }
}

/** The least recall that the verification of the run's index has found. */
async function recallOf({ begun }: TrackedRun, { result }: RunEnd): Promise<{ recall?: number }> {
  if (!begun || result?.index === undefined) return {};
  const manifest = await readManifest(begun.lake, result.index);
  const recall = manifest?.verification ? leastRecall(manifest.verification) : null;
  return recall === null ? {} : { recall };
}

function entries(values: Record<string, string | undefined>): Entry[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}
