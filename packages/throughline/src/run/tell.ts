/** Alerts of a run: of how it ended, and of runs before it that have no end. */
import { type Alert, alertOfKilledRun, alertsOfError, alertsOfResult, tellRun } from '../alert/index.ts';
import { isAlive } from '../chunk/owner.ts';
import type { Config, LoadedConfig } from '../config/index.ts';
import type { ThroughlineError } from '../error.ts';
import { type Lake, lakeIfThere } from '../lake/lake.ts';
import { lakeRootOf } from '../lake/lake-path.ts';
import { listRuns } from './manifest.ts';
import { isWholePlan } from './pending.ts';
import type { RunResult } from './result.ts';
import type { RunEffects, RunOptions } from './run.ts';

type Told = Pick<Config, 'name' | 'alerts' | 'quality'>;

/** Runs without an end whose process is gone; nobody looks where nobody is told. Of processes on other hosts nothing is known. */
export async function killedRuns(lake: Lake, { alerts }: Told): Promise<Alert[]> {
  if (alerts.length === 0) return [];
  const runs = await listRuns(lake);
  return runs
    .filter(({ ended, manifest }) => ended === undefined && isGone(manifest.owner))
    .map(({ run }) => alertOfKilledRun(run));
}

function isGone(owner: unknown): boolean {
  return typeof owner === 'string' && isAlive(owner) === false;
}

export async function tellResult(
  lake: Lake,
  config: Told,
  { result, killed, options }: { result: RunResult; killed: Alert[]; options: RunOptions },
  effects: RunEffects,
): Promise<void> {
  const isWhole = isWholePlan(options) && result.chunks.left === 0;
  const checked = new Set(result.quality.map(({ name }) => `quality_failed/${name}`));
  const looked = (key: string) => {
    if (key.startsWith('quality_failed/'))
      return checked.has(key) || (isWhole && config.quality.length === 0);
    return key.startsWith('run_failed/') || isWhole;
  };
  const alerts = [...killed, ...alertsOfResult(result)];
  await tellRun(lake, config, { run: result.runId, alerts, looked }, effectsOf(effects));
}

/** A run that ended early has not looked at anything else: no alert is over. */
export async function tellError(
  lake: Lake,
  config: Told,
  { runId, killed, error }: { runId: string; killed: Alert[]; error: ThroughlineError },
  effects: RunEffects,
): Promise<void> {
  const alerts = [...killed, ...alertsOfError(error)];
  await tellRun(lake, config, { run: runId, alerts, looked: () => false }, effectsOf(effects));
}

/** Of a run that never began: its source is not there, or its config does not fit. Without a lake somebody is at the keyboard. */
export async function tellEarlyError(
  { config, directory }: LoadedConfig,
  error: ThroughlineError,
  effects: RunEffects,
): Promise<void> {
  if (config.alerts.length === 0 || effects.signal.aborted) return;
  const lake = await lakeIfThere(lakeRootOf(directory, config.lake)).catch(() => undefined);
  if (lake) await tellError(lake, config, { runId: 'none', killed: [], error }, effects);
}

function effectsOf({ clock, reporter }: RunEffects) {
  return { clock, env: process.env, warn: (message: string) => reporter.warning(message) };
}
