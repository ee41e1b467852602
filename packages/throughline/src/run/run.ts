/** A run: everything that is due, from the source to the tables, the index and the themes. */
import { availableParallelism, hostname, totalmem } from 'node:os';
import type { Claimant } from '../chunk/claim.ts';
import { startHeartbeat, watchLeases } from '../chunk/lease.ts';
import { type ChunkCounts, type Ledger, openLedger } from '../chunk/ledger.ts';
import { thisProcess } from '../chunk/owner.ts';
import { durationMs, type LoadedConfig } from '../config/index.ts';
import type { ClaimedChunk, Engine, Staged, StagedChunk } from '../engine/engine.ts';
import { openEngine } from '../engine/open.ts';
import { asThroughlineError, EXIT, ThroughlineError } from '../error.ts';
import { type Build, buildInfo, openBuild, refreshTables } from '../lake/build.ts';
import { digestOf } from '../lake/canonical.ts';
import { type Lake, openLake, readCurrent, rememberRule } from '../lake/lake.ts';
import { committedAttempt } from '../lake/publish.ts';
import { checkSpec } from '../model/index.ts';
import { recordResults } from '../quality/index.ts';
import { openNaming } from '../theme/index.ts';
import { isJudged } from './accept-index.ts';
import { unmetLimits } from './acceptance.ts';
import { checkQuality, type QualityContext } from './check-quality.ts';
import { estimateDue } from './estimate.ts';
import { gitState } from './git-state.ts';
import { keptSettings } from './kept-settings.ts';
import { listRuns, recordRun } from './manifest.ts';
import { measuredRate } from './measured-rate.ts';
import { dueChunks, isLatest, isPublished, isWholePlan, type Selection } from './pending.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Processed, processChunks } from './process-chunks.ts';
import { promoteAndDerive } from './promote-and-derive.ts';
import { promoteBuild } from './promote-build.ts';
import { registerPromoted } from './register-promoted.ts';
import { repairLedger } from './repair.ts';
import { addProcessed, emptyResult, exitCodeOf, type RunResult } from './result.ts';
import { markSource, unmarkSource, untouchedSource } from './source-mark.ts';
import { killedRuns, tellFailure, tellResult } from './tell.ts';
import { packageVersions } from './versions.ts';
import { isProfiled, writeProfile } from './write-profile.ts';

export interface RunOptions extends Selection {
  sample?: number | undefined;
  /** Leaves index and themes as they are. */
  only?: 'map' | undefined;
  skipThemes?: boolean | undefined;
  /** Columns of the source that have changed are the right ones from now on. */
  acceptSchema?: boolean | undefined;
}

/** The outside world, replaced in tests. */
export interface RunEffects {
  clock: () => number;
  newId: () => string;
  signal: AbortSignal;
  reporter: RunReporter;
}

/** What a run tells while it works: counts that are known anyway, never a query of their own. */
export interface RunReporter {
  stage(name: 'read' | 'embed' | 'index' | 'themes'): void;
  /** Told once the work is known. */
  planned(plan: { staged: Staged; due: StagedChunk[]; unchanged: number }): void;
  rows(count: number): void;
  chunk(chunk: ClaimedChunk, counts: ChunkCounts): void;
  /** Passages in the index that is being built, so far; need not be listened to. */
  indexed?(passages: number): void;
  warning(message: string): void;
  /** What is normal and worth a line; need not be listened to. */
  info?(message: string): void;
}

export async function runPipeline(
  loaded: LoadedConfig,
  options: RunOptions,
  effects: RunEffects,
): Promise<RunResult> {
  const started = effects.clock();
  const runId = `${new Date(started).toISOString().replace(/[-:]|\.\d+/g, '')}-${effects.newId().slice(0, 8)}`;
  try {
    return await runRecorded(loaded, options, effects, { runId, started });
  } catch (error) {
    await tellFailure(loaded, { runId, error: asThroughlineError(error) }, effects);
    throw error;
  }
}

async function runRecorded(
  loaded: LoadedConfig,
  options: RunOptions,
  effects: RunEffects,
  { runId, started }: { runId: string; started: number },
): Promise<RunResult> {
  const { reporter, signal } = effects;
  await using engine = await openEngine(loaded, { tell: reporter.info, signal });
  const prepared = await prepare(loaded, engine, { tell: reporter.info, signal });
  checkSpec(prepared.spec);
  // Not after hours of work.
  if (options.only !== 'map' && !options.skipThemes)
    openNaming(prepared.config.themes, prepared.spec, process.env);
  const lake = await openLake(prepared.lakeRoot, prepared.config.name, effects.newId);
  const base = { run: runId, command: 'run', started };
  const manifest = await openManifest(prepared, options);
  const killed = await killedRuns(lake, prepared.config);
  await recordRun(lake, { ...base, status: 'running', manifest }, effects.clock);
  try {
    const result = await runAll(lake, engine, prepared, options, effects, runId, started);
    await registerPromoted(lake, engine, prepared.config, effects);
    const status = exitCodeOf(result) === EXIT.ok ? 'done' : 'failed';
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
        manifest: { ...manifest, result },
      },
      effects.clock,
    );
    return result;
  } catch (error) {
    const status = effects.signal.aborted ? 'interrupted' : 'failed';
    const { code, message } = asThroughlineError(error);
    const entry = {
      ...base,
      status,
      ended: effects.clock(),
      manifest: { ...manifest, error: { code, message } },
    } as const;
    // A full disk must not hide the error that it caused.
    await recordRun(lake, entry, effects.clock).catch(() => {});
    if (effects.signal.aborted) throw interrupted(error);
    throw error;
  }
}

async function openManifest(
  { config, directory, model, files }: Prepared,
  options: RunOptions,
): Promise<Record<string, unknown>> {
  // Where the index is kept may hold a password, of which nothing is kept, and shapes no table.
  const { store: _store, ...index } = config.index;
  // Nor do addresses to which alerts go, which are secrets.
  const { alerts: _alerts, serve: _serve, ...shaping } = config;
  return {
    config: digestOf({ ...shaping, index }),
    settings: keptSettings(config),
    git: await gitState(directory),
    owner: thisProcess(),
    host: { name: hostname(), cores: availableParallelism(), gigabytes: Math.round(totalmem() / 1e9) },
    model: { id: model.id, digest: model.digest },
    files: files.files.map(({ name, bytes }) => ({ name, bytes })),
    options,
    versions: await packageVersions(),
    platform: `${process.platform}-${process.arch}`,
  };
}

function interrupted(cause: unknown): ThroughlineError {
  return new ThroughlineError('interrupted: finished chunks and vectors are kept', {
    code: 'interrupted',
    exitCode: EXIT.tryAgain,
    hint: 'Go on with: throughline run',
    cause,
  });
}

async function runAll(
  lake: Lake,
  engine: Engine,
  prepared: Prepared,
  options: RunOptions,
  effects: RunEffects,
  runId: string,
  started: number,
): Promise<RunResult> {
  const rule = prepared.rule ?? lake.pipeline.rule;
  const anyway = options.force === true || !isWholePlan(options);
  const untouched = rule && !anyway ? await untouchedSource(lake, prepared, rule, options.sample) : undefined;
  if (untouched) {
    const { build, mark } = untouched;
    const statesOf = async () => (await openLedger(lake, build.info.digest)).states;
    const limits = await unmetLimits(lake, build, statesOf, prepared.config);
    const empty = emptyResult(runId, build);
    let result: RunResult = {
      ...empty,
      tables: versionsOf(build),
      unmet: limits,
      chunks: { ...empty.chunks, skipped: mark.chunks },
      sourceRows: mark.sourceRows,
      filtered: mark.filtered,
    };
    const context = { result, runId, started, options, effects };
    result = { ...result, ...(await checkQuality(lake, build, prepared, context)) };
    if (result.unmet.length === 0) result = await derive(lake, build, prepared, { ...context, result });
    tellUnmet(result.unmet, effects);
    return { ...result, seconds: seconds(started, effects) };
  }
  effects.reporter.stage('read');
  const staged = await engine.stage(prepared, { rule, sample: options.sample });
  effects.signal.throwIfAborted();
  // Without rows nothing was chosen from.
  if (staged.chosen && !lake.pipeline.rule && staged.chunks.length > 0) await rememberRule(lake, staged.rule);
  const build = await openBuild(lake, buildInfo(prepared.config, staged.rule, prepared, options.sample));
  const leaseMs = durationMs(prepared.config.share.lease);
  const claimant: Claimant = {
    owner: thisProcess(),
    run: runId,
    clock: { now: effects.clock },
    leases: watchLeases(lake.root, leaseMs),
  };
  const ledger = await repairLedger(
    await openLedger(lake, build.info.digest),
    build,
    lake.pipeline.id,
    claimant,
  );
  const known = {
    states: ledger.states,
    committed: (chunk: string) => committedAttempt(lake.pipeline.id, build, chunk),
  };
  const { due, unchanged, vanished } = dueChunks(staged.chunks, options, known);
  checkSelection(options, staged, due.length + unchanged.length);
  effects.reporter.planned({ staged, due, unchanged: unchanged.length });
  if (vanished.length > 0) effects.reporter.warning(vanishedMessage(vanished));
  const planned = emptyResult(runId, build);
  let result: RunResult = {
    ...planned,
    chunks: { ...planned.chunks, skipped: unchanged.length },
    sourceRows: staged.sourceRows,
    filtered: staged.filtered,
    sourceColumns: staged.columns,
    vanished,
  };
  let after = ledger;
  let published: Processed['published'] = new Map();
  if (due.length > 0) {
    result.planned = await plannedOf(lake, engine, prepared, due);
    effects.reporter.stage('embed');
    await unmarkSource(lake, build);
    const embedding = effects.clock();
    const heartbeat = await startHeartbeat(lake.root, claimant.owner, leaseMs);
    const { holding } = heartbeat;
    const work = { engine, prepared, build, pipelineId: lake.pipeline.id, due, claimant, holding, effects };
    const processed = await processChunks(ledger, work).finally(heartbeat.stop);
    after = processed.ledger;
    published = processed.published;
    result = { ...addProcessed(result, processed), embedSeconds: seconds(embedding, effects) };
  }
  await refreshTables(build);
  const now = { ...known, states: after.states };
  const isExact = staged.chunks.every((chunk) => isPublished(chunk, now));
  // A source that grows meanwhile is published as it was when its rows were put aside: later than it was listed.
  const isComplete = staged.chunks.every(
    (chunk) => isPublished(chunk, now) || (published.has(chunk.id) && isLatest(chunk.id, now)),
  );
  result.unmet = await unmetLimits(lake, build, async () => after.states, prepared.config);
  const current = (await readCurrent(lake)).build;
  const isBegun = current === undefined && hasPublished(after);
  // Chunks that failed keep what was published of them: the tables are whole without their change.
  const isWhole = isComplete || isBegun || current === build.info.digest;
  const context = { result, runId, started, options, effects };
  if (isWhole) {
    const read = { staged, ledger: after };
    Object.assign(result, await checkQuality(lake, build, prepared, { ...context, read }));
  }
  if (result.unmet.length === 0) {
    if (isExact && isWholePlan(options)) await markSource(lake, prepared, build, staged);
    if (isBegun && !isJudged(prepared.config, build)) await promoteBuild(lake, build);
    if (isWhole && result.chunks.left === 0) result = await derive(lake, build, prepared, context);
  }
  if (isComplete && isProfiled(prepared.config, process.env)) {
    const page = await writeProfile(lake, build, { runId, started });
    effects.reporter.info?.(`The profile of the records: ${page}`);
  }
  tellUnmet(result.unmet, effects);
  result.tables = versionsOf(build);
  result.seconds = seconds(started, effects);
  return result;
}

/** What the due chunks are judged to cost. On a cluster that would be a job of its own. */
async function plannedOf(
  lake: Lake,
  engine: Engine,
  prepared: Prepared,
  due: readonly StagedChunk[],
): Promise<RunResult['planned']> {
  if (prepared.config.engine !== 'local') return undefined;
  const rate = measuredRate(await listRuns(lake), { model: prepared.model.digest, host: hostname() });
  const { passages, tokens, seconds, cost, bytes } = await estimateDue(engine, prepared, due, rate);
  return { passages, tokens, seconds, cost, bytes };
}

/** Promotes what may be, and what comes after it; what the index was measured to be is with the results of the checks. */
async function derive(
  lake: Lake,
  build: Build,
  prepared: Prepared,
  { result, runId, options, effects }: QualityContext & { result: RunResult },
): Promise<RunResult> {
  const { measured = [], ...derived } = await promoteAndDerive(lake, build, prepared, options, effects);
  await recordResults(lake, { run: runId, build: build.info.digest }, measured, effects.clock);
  return { ...result, ...derived, quality: [...result.quality, ...measured] };
}

function versionsOf({ tables }: Build): Record<string, number> {
  return Object.fromEntries(Object.entries(tables).map(([name, { version }]) => [name, version]));
}

function hasPublished({ states }: Ledger): boolean {
  return [...states.values()].some(({ done }) => done !== undefined);
}

function tellUnmet(unmet: readonly string[], { reporter }: RunEffects): void {
  for (const limit of unmet) reporter.warning(`not promoted: ${limit}`);
}

function seconds(started: number, { clock }: RunEffects): number {
  return Math.max(0, clock() - started) / 1000;
}

function checkSelection(
  { from, to, chunks, keepVanished }: RunOptions,
  staged: Staged,
  selected: number,
): void {
  if (selected > 0 || keepVanished || (from === undefined && to === undefined && chunks === undefined))
    return;
  const ids = staged.chunks.map((chunk) => chunk.id);
  throw new ThroughlineError('the selection holds no chunk', {
    code: 'empty_selection',
    exitCode: EXIT.usage,
    hint: `The source has ${ids.length} chunks, ${ids[0]} to ${ids.at(-1)}. See them: throughline plan --chunks`,
  });
}

function vanishedMessage(vanished: readonly string[]): string {
  const some = vanished.slice(0, 3).join(', ') + (vanished.length > 3 ? ', ...' : '');
  return `${vanished.length} chunks are no longer in the source and are kept: ${some}. Empty one: throughline run --chunk ID`;
}
