/** What `run --follow` does: micro-batches of a source that tells its changes, or a run each time that another source has changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { reachOf } from '../chunk/failure.ts';
import { type Config, ConfigError, type LoadedConfig } from '../config/index.ts';
import { openEngine } from '../engine/open.ts';
import { asThroughlineError, EXIT, ThroughlineError } from '../error.ts';
import { lakeIfThere } from '../lake/lake.ts';
import type { Embedder } from '../model/index.ts';
import { tellsChanges } from '../source/open-feed.ts';
import { prepare } from './prepare.ts';
import { exitCodeOf, type RunResult } from './result.ts';
import { runPipeline } from './run.ts';
import type { RunEffects } from './run-effects.ts';
import type { RunOptions } from './run-options.ts';
import { untouchedSource } from './source-mark.ts';

export interface FollowEffects extends RunEffects {
  /** In place of `follow.every`, in milliseconds. */
  everyMs?: number | undefined;
}

/** Of a source that is read as a whole. */
const EVERY_MS = 30_000;

/** Until the signal. Gives the result of the stream, or of the last run. Throws what no further try would change. */
export async function followPipeline(
  loaded: LoadedConfig,
  options: Pick<RunOptions, 'acceptSchema'>,
  { everyMs, ...effects }: FollowEffects,
): Promise<RunResult> {
  const { config, file } = loaded;
  if (config.engine !== 'local')
    throw new ConfigError(
      file,
      [{ message: '--follow runs on this machine, and the engine is a cluster' }],
      'Say engine: local, or run on a schedule: throughline airflow',
    );
  if (!tellsChanges(config.source)) return await runAgain(loaded, options, everyMs ?? EVERY_MS, effects);
  const follow = { ...config.follow, ...(everyMs === undefined ? {} : { every: `${everyMs}ms` }) };
  const runHistory = async (followed: Config, embedder: Embedder, signal: AbortSignal) => {
    // The stream judges the columns of the source, and knows which of them were accepted or added.
    const quality = followed.quality.filter(({ check }) => check !== 'schema');
    const history = { ...loaded, config: { ...followed, quality } };
    const { warning, info } = effects.reporter;
    const reporter = { ...QUIET, warning, ...(info && { info }) };
    await runPipeline(history, { only: 'map', history: true }, { ...effects, reporter, embedder, signal });
  };
  const following = { ...loaded, config: { ...config, follow } };
  return await runPipeline(following, { ...options, follow: true }, { ...effects, runHistory });
}

/** Of the history beside a stream, whose figures are those that are shown. */
const QUIET = { stage() {}, planned() {}, rows() {}, chunk() {} };

async function runAgain(
  loaded: LoadedConfig,
  options: Pick<RunOptions, 'acceptSchema'>,
  everyMs: number,
  effects: RunEffects,
): Promise<RunResult> {
  if (loaded.config.source.type === 'postgres')
    throw new ConfigError(
      loaded.file,
      [{ message: '--follow needs source.changes: without it the whole table is read each time' }],
      'Name the column by which changed rows are known: changes: { watermark: updated_at }',
    );
  const { signal, reporter } = effects;
  let last: RunResult | undefined;
  let asked = options;
  while (!signal.aborted) {
    try {
      if (last === undefined || !(await isUntouched(loaded, asked, signal)))
        last = await runPipeline(loaded, asked, effects);
      // What changes after that is not accepted yet.
      if (last && exitCodeOf(last, asked) === EXIT.ok) asked = {};
    } catch (thrown) {
      const error = asThroughlineError(thrown);
      if (signal.aborted) break;
      if (reachOf(error) !== 'later') throw thrown;
      reporter.warning(`${error.message}; again in ${everyMs / 1000} s`);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
  if (last) return last;
  throw new ThroughlineError('stopped before the first run ended: what is finished is kept', {
    code: 'interrupted',
    exitCode: EXIT.tryAgain,
    hint: 'Go on with: throughline run --follow',
  });
}

/** Whether nobody has written to the source since the tables are of it: then there is no run to record. */
async function isUntouched(
  loaded: LoadedConfig,
  { acceptSchema }: Pick<RunOptions, 'acceptSchema'>,
  signal: AbortSignal,
): Promise<boolean> {
  await using engine = await openEngine(loaded, { signal });
  const prepared = await prepare(loaded, engine, { signal }, { acceptSchema });
  const lake = await lakeIfThere(prepared.lakeRoot);
  const rule = prepared.rule ?? lake?.pipeline.rule;
  if (!lake || !rule) return false;
  return (await untouchedSource(lake, prepared, rule, undefined)) !== undefined;
}
