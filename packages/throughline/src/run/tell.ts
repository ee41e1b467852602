/** Alerts of a run: of how it ended, and of runs before it that have no end. */
import {
  type Alert,
  alertOfKilledRun,
  alertsOfError,
  alertsOfResult,
  alertsOfStreams,
  keyOfPeriod,
  tellRun,
} from '../alert/index.ts';
import { openLedger } from '../chunk/ledger.ts';
import { isAlive } from '../chunk/owner.ts';
import type { Config, LoadedConfig } from '../config/index.ts';
import type { ThroughlineError } from '../error.ts';
import { type Lake, lakeIfThere } from '../lake/lake.ts';
import { lakeRootOf } from '../lake/lake-path.ts';
import { BUILT_IN, type CheckResult, nameOf } from '../quality/index.ts';
import { listRuns } from './manifest.ts';
import { isWholePlan } from './pending.ts';
import type { RunResult } from './result.ts';
import type { RunEffects } from './run-effects.ts';
import type { RunOptions } from './run-options.ts';
import { STEPS, type Step } from './steps.ts';

type Told = Pick<Config, 'name' | 'alerts' | 'quality' | 'acceptance'>;

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

/** Limits of what is published. */
const MEASURED_BEFORE = ['deadLetterRate', 'freshness', 'parity'].map((name) => `limit_unmet/${name}`);

export async function tellResult(
  lake: Lake,
  config: Told,
  { result, killed, options }: { result: RunResult; killed: Alert[]; options: RunOptions },
  effects: RunEffects,
): Promise<void> {
  const checked = new Set(result.quality.filter(hasLooked).map(({ name }) => `quality_failed/${name}`));
  const names = [...BUILT_IN, ...config.quality.map(nameOf)];
  const named = new Set(names.map((name) => `quality_failed/${name}`));
  const measured = new Set(result.limits.map(({ name }) => `limit_unmet/${name}`));
  const agreed = new Set(Object.keys(config.acceptance).map((name) => `limit_unmet/${name}`));
  const isWhole = isWholePlan(options) && result.chunks.left === 0;
  // Tasks that map some chunks each do not know of the others.
  const areChunksFine =
    options.only === 'check' && config.alerts.length > 0 && !(await hasFailed(lake, result));
  const hasStep = (...steps: Step[]) =>
    isWhole && (options.only === undefined || steps.includes(options.only));
  const watched = result.themesWatched && keyOfPeriod(result.themesWatched);
  const looked = (key: string) => {
    if (key.startsWith('quality_failed/'))
      return checked.has(key) || (hasStep('check', 'index') && !named.has(key));
    if (MEASURED_BEFORE.includes(key))
      return measured.has(key) || (hasStep('check', 'index') && !agreed.has(key));
    // What a run has cost is over with the next one that maps something, or where nobody limits it any more.
    if (key === 'limit_unmet/costPerRun' || key === 'limit_unmet/duration')
      return measured.has(key) || (isWhole && !agreed.has(key));
    // Of a period that nobody looks at any more.
    if (key.startsWith('themes_changed/')) return watched !== undefined && !key.startsWith(watched);
    // Whoever follows the stream says when it is over.
    if (key.startsWith('stream_late/')) return false;
    if (key === 'limit_unmet/incomplete') return hasStep('check', 'index', 'themes');
    if (key.startsWith('limit_unmet/')) return result.index !== undefined;
    if (key === 'chunk_failed') return hasStep('map') || areChunksFine;
    // What failed in one step is over when that one has gone well; tasks that map are waited for by the check.
    if (key.endsWith('/map')) return hasStep('check', 'map');
    const step = STEPS.find((one) => key.endsWith(`/${one}`));
    return step === undefined ? isWhole : hasStep(step);
  };
  const alerts = [...killed, ...alertsOfResult(result)];
  await tellRun(lake, config, { run: result.runId, alerts, looked }, effectsOf(effects));
}

/** Columns are compared where something is to be said of them: of too few messages, or by another process than the one that counts them, nothing is. */
function hasLooked({ check, observed }: CheckResult): boolean {
  return check !== 'schema' || observed !== null;
}

async function hasFailed(lake: Lake, { build, vanished }: RunResult): Promise<boolean> {
  const { states } = await openLedger(lake, build);
  return [...states].some(([chunk, { last }]) => last.event === 'failed' && !vanished.includes(chunk));
}

/**
 * A run that ended early has not looked at anything else: no alert is over. Of a pipeline without a lake nobody is told: somebody is at the
 * keyboard. Where the lake cannot be read, they are told without looking what they know.
 */
export async function tellFailure(
  { config, directory }: LoadedConfig,
  { runId, error, step }: { runId: string; error: ThroughlineError; step: Step | undefined },
  effects: RunEffects,
): Promise<void> {
  if (config.alerts.length === 0) return;
  const found = await lakeIfThere(lakeRootOf(directory, config.lake)).catch(() => 'unreadable' as const);
  if (found === undefined) return;
  const lake = found === 'unreadable' ? undefined : found;
  const killed = lake ? await killedRuns(lake, config).catch(() => []) : [];
  const alerts = [...killed, ...alertsOfError(error, step)];
  await tellRun(lake, config, { run: runId, alerts, looked: () => false }, effectsOf(effects));
}

/** Of the streams that this process follows: those that are `late`, by their ages in seconds, and those that are no more. */
export async function tellLate(
  lake: Lake,
  config: Config,
  { run, late, judged }: { run: string; late: ReadonlyMap<string, number>; judged: ReadonlySet<string> },
  effects: RunEffects,
): Promise<void> {
  const alerts = alertsOfStreams(late, config.follow.maxLag ?? 'unlimited');
  const looked = (key: string) =>
    key.startsWith('stream_late/') && judged.has(key.slice('stream_late/'.length));
  await tellRun(lake, config, { run, alerts, looked }, effectsOf(effects));
}

function effectsOf({ clock, reporter }: RunEffects) {
  return { clock, env: process.env, warn: (message: string) => reporter.warning(message) };
}
