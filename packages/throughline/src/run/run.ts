/** A run: everything that is due, from the source to the tables, the index and the themes, and the record of it. */
import type { LoadedConfig } from '../config/index.ts';
import { openEngine } from '../engine/open.ts';
import { asThroughlineError, EXIT, ThroughlineError } from '../error.ts';
import { openLake } from '../lake/lake.ts';
import { checkSpec } from '../model/index.ts';
import { openNaming } from '../theme/index.ts';
import { addedText } from './added-columns.ts';
import { begunManifest } from './begun-manifest.ts';
import { recordRun } from './manifest.ts';
import { type Observer, observeRun } from './observe.ts';
import { goesBy } from './pending.ts';
import { prepare } from './prepare.ts';
import { registerPromoted } from './register-promoted.ts';
import { exitCodeOf, type RunResult } from './result.ts';
import type { RunEffects } from './run-effects.ts';
import type { RunOptions } from './run-options.ts';
import { runSource } from './run-source.ts';
import { killedRuns, tellFailure, tellResult } from './tell.ts';
import { withoutSecrets } from './without-secrets.ts';

export async function runPipeline(
  loaded: LoadedConfig,
  options: RunOptions,
  effects: RunEffects,
): Promise<RunResult> {
  const started = effects.clock();
  const runId = `${new Date(started).toISOString().replace(/[-:]|\.\d+/g, '')}-${effects.newId().slice(0, 8)}`;
  const observer = observeRun(loaded, { runId, started }, effects);
  const observed = { ...effects, reporter: observer.reporter };
  try {
    return await runRecorded(loaded, options, observed, { runId, started, observer });
  } catch (error) {
    // What leaves this process goes into other people's mail, and logs.
    const told = withoutSecrets(asThroughlineError(error), process.env);
    await observer.failed(told);
    await tellFailure(loaded, { runId, error: told, step: options.only }, effects);
    throw error;
  }
}

async function runRecorded(
  loaded: LoadedConfig,
  options: RunOptions,
  effects: RunEffects,
  { runId, started, observer }: { runId: string; started: number; observer: Observer },
): Promise<RunResult> {
  const { reporter, signal } = effects;
  await using engine = await openEngine(loaded, { tell: reporter.info, signal });
  const looking = { goesBy: goesBy(options), acceptSchema: options.acceptSchema };
  const prepared = await prepare(loaded, engine, { tell: reporter.info, signal }, looking);
  checkSpec(prepared.spec);
  // Not after hours of work.
  if ((options.only === undefined || options.only === 'themes') && !options.skipThemes)
    openNaming(prepared.config.themes, prepared.spec, process.env);
  const lake = await openLake(prepared.lakeRoot, prepared.config.name, effects.newId);
  const { added } = prepared;
  if (added && added.pending.length > 0) reporter.warning(addedText(added.pending, 'from now on'));
  const base = { run: runId, command: 'run', started };
  const manifest = await begunManifest(prepared, options);
  const killed = await killedRuns(lake, prepared.config);
  await recordRun(lake, { ...base, status: 'running', manifest }, effects.clock);
  const { mapping, files } = prepared;
  observer.begun({ lake, mapping, files: files.files, manifest, options });
  try {
    const result = await runSource(lake, engine, prepared, { runId, started, options, effects });
    await registerPromoted(lake, engine, prepared.config, effects);
    const status = exitCodeOf(result, options) === EXIT.ok ? 'done' : 'failed';
    await tellResult(lake, prepared.config, { result, killed, options }, effects);
    const ended = effects.clock();
    await recordRun(
      lake,
      {
        ...base,
        status,
        ended,
        build: result.build,
        sourceToken: prepared.files.token,
        manifest: { ...manifest, stages: observer.stages(), result },
      },
      effects.clock,
    );
    await observer.ended({ ended, status, result });
    return result;
  } catch (error) {
    const status = effects.signal.aborted ? 'interrupted' : 'failed';
    const { code, message } = withoutSecrets(asThroughlineError(error), process.env);
    const entry = {
      ...base,
      status,
      ended: effects.clock(),
      manifest: { ...manifest, stages: observer.stages(), error: { code, message } },
    } as const;
    // A full disk must not hide the error that it caused.
    await recordRun(lake, entry, effects.clock).catch(() => {});
    if (effects.signal.aborted) throw interrupted(error);
    throw error;
  }
}

function interrupted(cause: unknown): ThroughlineError {
  return new ThroughlineError('interrupted: finished chunks and vectors are kept', {
    code: 'interrupted',
    exitCode: EXIT.tryAgain,
    hint: 'Go on with: throughline run',
    cause,
  });
}
