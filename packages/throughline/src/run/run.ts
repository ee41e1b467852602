/** A run: everything that is due, from the source to the tables, the index and the themes. */
import { availableParallelism, hostname, totalmem } from 'node:os';
import type { Claimant } from '../chunk/claim.ts';
import { startHeartbeat, watchLeases } from '../chunk/lease.ts';
import { type ChunkCounts, openLedger } from '../chunk/ledger.ts';
import { thisProcess } from '../chunk/owner.ts';
import type { ChunkRule } from '../chunk/plan.ts';
import { type Config, durationMs, type LoadedConfig } from '../config/index.ts';
import type { ClaimedChunk, Engine, Staged, StagedChunk } from '../engine/engine.ts';
import { openEngine } from '../engine/open.ts';
import { asThroughlineError, EXIT, ThroughlineError } from '../error.ts';
import { type Build, openBuild, refreshTables } from '../lake/build.ts';
import { buildInfo } from '../lake/build-info.ts';
import { digestOf } from '../lake/canonical.ts';
import { copiedSinceBegin } from '../lake/history-begin.ts';
import { type Lake, openLake, readCurrent, rememberRule } from '../lake/lake.ts';
import { committedAttempt } from '../lake/publish.ts';
import { checkSpec, type Embedder } from '../model/index.ts';
import { standingOf } from '../source/open-feed.ts';
import { openNaming } from '../theme/index.ts';
import { closeLimits } from './close-limits.ts';
import { conclude, type Published } from './conclude.ts';
import { copying } from './copying.ts';
import { estimateDue } from './estimate.ts';
import { gitState } from './git-state.ts';
import { keptSettings } from './kept-settings.ts';
import { listRuns, type RunEntry, recordRun } from './manifest.ts';
import { measuredRate } from './measured-rate.ts';
import { type Observer, observeRun } from './observe.ts';
import { dueChunks, isLatest, isPublished, isWholePlan, type Selection } from './pending.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Processed, processChunks } from './process-chunks.ts';
import { registerPromoted } from './register-promoted.ts';
import { repairLedger } from './repair.ts';
import { addProcessed, emptyResult, exitCodeOf, type RunResult } from './result.ts';
import { runFeed } from './run-feed.ts';
import { markSource, unmarkSource, untouchedSource } from './source-mark.ts';
import { isAfterChunks, isPart, type Step } from './steps.ts';
import { openStreamColumns } from './stream-columns.ts';
import { streamedBuild } from './streamed-build.ts';
import { killedRuns, tellFailure, tellResult } from './tell.ts';
import { packageVersions } from './versions.ts';
import { withoutSecrets } from './without-secrets.ts';
import { isProfiled, writeProfile } from './write-profile.ts';

export interface RunOptions extends Selection {
  sample?: number | undefined;
  only?: Step | undefined;
  skipThemes?: boolean | undefined;
  /** Columns of the source that have changed are the right ones from now on. */
  acceptSchema?: boolean | undefined;
  /** Beside a stream: chunks of the newest windows before those of older ones, and none that was copied since the stream was begun. */
  history?: boolean | undefined;
  /** Goes on with what comes, until it is stopped: of a source that tells its changes. */
  follow?: boolean | undefined;
  /** Ids of dead letters of a stream, whose newest messages are read once more before it goes on. */
  again?: readonly string[] | undefined;
}

/** The outside world, replaced in tests. */
export interface RunEffects {
  clock: () => number;
  newId: () => string;
  signal: AbortSignal;
  reporter: RunReporter;
  /** One that is open already, and stays open. */
  embedder?: Embedder | undefined;
  /** With `follow`: publishes the history of the source, as a run of its own beside the stream. */
  runHistory?: (embedder: Embedder, signal: AbortSignal) => Promise<void>;
}

/** How a run ended, in few figures. */
export interface RunSummary
  extends Partial<Pick<RunResult, 'records' | 'passages' | 'deadLetters' | 'embedded' | 'cached' | 'cost'>> {
  status: RunEntry['status'];
  seconds: number;
  chunks?: RunResult['chunks'];
  /** Code of the error that ended it. */
  code?: string;
}

/** `age`: seconds from the newest change to its publication; `behind`: changes that wait. Both undefined where the source does not tell. */
export interface PublishedNews {
  stream: string;
  changes: number;
  counts: ChunkCounts;
  age: number | undefined;
  behind: number | undefined;
}

/** What a run tells while it works: counts that are known anyway, never a query of their own. */
export interface RunReporter {
  /** Need not be listened to. */
  begun?(run: string): void;
  ended?(end: RunSummary): void;
  stage(name: 'read' | 'embed' | 'index' | 'themes'): void;
  /** Told once the work is known. */
  planned(plan: { staged: Staged; due: StagedChunk[]; unchanged: number }): void;
  rows(count: number): void;
  chunk(chunk: ClaimedChunk, counts: ChunkCounts): void;
  /** A micro-batch is published; need not be listened to. */
  batch?(batch: PublishedNews): void;
  /** Told in place of a warning, of each attempt that failed. */
  chunkFailed?(chunk: ClaimedChunk, error: ThroughlineError): void;
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
  const prepared = await prepare(loaded, engine, { tell: reporter.info, signal });
  checkSpec(prepared.spec);
  // Not after hours of work.
  if ((options.only === undefined || options.only === 'themes') && !options.skipThemes)
    openNaming(prepared.config.themes, prepared.spec, process.env);
  const lake = await openLake(prepared.lakeRoot, prepared.config.name, effects.newId);
  const base = { run: runId, command: 'run', started };
  const manifest = await openManifest(prepared, options);
  const killed = await killedRuns(lake, prepared.config);
  await recordRun(lake, { ...base, status: 'running', manifest }, effects.clock);
  const { mapping, files } = prepared;
  observer.begun({ lake, mapping, files: files.files, manifest, options });
  try {
    const result = await runAll(lake, engine, prepared, options, effects, runId, started);
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

/** Of what decides about tables, and about what may be promoted. */
function configDigest(config: Config): string {
  // Where the index is kept may hold a password, of which nothing is kept, and shapes no table.
  const { store: _store, ...index } = config.index;
  // Nor do addresses to which alerts and news of runs go, which may be secrets.
  const {
    alerts: _alerts,
    serve: _serve,
    schedule: _schedule,
    lineage: _lineage,
    metrics: _metrics,
    follow: _follow,
    ...shaping
  } = config;
  return digestOf({ ...shaping, index });
}

async function openManifest(
  { config, directory, model, files }: Prepared,
  options: RunOptions,
): Promise<Record<string, unknown>> {
  return {
    config: configDigest(config),
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
  const run = { runId, started, options, effects };
  const finished = async (build: Build, result: RunResult): Promise<RunResult> => {
    tellUnmet(result.unmet, effects);
    const ended = { ...result, tables: versionsOf(build), seconds: seconds(started, effects) };
    return { ...ended, limits: await closeLimits(lake, prepared.config, ended, { options, effects }) };
  };
  const streamed = await streamedBuild(lake, prepared, options);
  if (streamed && isAfterChunks(options.only)) {
    const statesOf = async () => (await openLedger(lake, streamed.info.digest)).states;
    const published = {
      ...{ build: streamed, statesOf, isComplete: true, left: 0 },
      columns: openStreamColumns(lake, prepared, effects),
    };
    const result = emptyResult(runId, streamed);
    const derived = await conclude(lake, prepared, published, { ...run, result });
    return finished(streamed, { ...result, ...derived });
  }
  if (streamed || options.follow === true) {
    const { build, result } = await runFeed(lake, prepared, run);
    return finished(build, result);
  }
  const rule = prepared.rule ?? lake.pipeline.rule;
  const anyway = options.force === true || !isWholePlan(options);
  const untouched = rule && !anyway ? await untouchedSource(lake, prepared, rule, options.sample) : undefined;
  if (untouched) {
    const { build, mark } = untouched;
    const statesOf = async () => (await openLedger(lake, build.info.digest)).states;
    const published = { build, statesOf, isComplete: true, left: 0 };
    const empty = emptyResult(runId, build);
    const result: RunResult = {
      ...empty,
      chunks: { ...empty.chunks, skipped: mark.chunks },
      sourceRows: mark.sourceRows,
      filtered: mark.filtered,
      vanished: mark.vanished ?? [],
    };
    return finished(build, { ...result, ...(await conclude(lake, prepared, published, { ...run, result })) });
  }
  const mapped = await mappedBuild(lake, prepared, rule, options);
  if (mapped) {
    const result = emptyResult(runId, mapped.build);
    return finished(mapped.build, {
      ...result,
      ...(await conclude(lake, prepared, mapped, { ...run, result })),
    });
  }
  effects.reporter.stage('read');
  const standing = await standingOf(prepared.config.source, prepared.files, effects.signal);
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
    ...(options.history && standing && { isCopied: await copiedSinceBegin(lake, build, standing.stream) }),
  };
  const copy = copying(lake, build, standing, claimant);
  const { due, unchanged, vanished } = dueChunks(staged.chunks, options, known);
  if (options.history) due.reverse();
  checkSelection(options, staged, due.length + unchanged.length);
  if (!isAfterChunks(options.only)) effects.reporter.planned({ staged, due, unchanged: unchanged.length });
  if (vanished.length > 0) effects.reporter.warning(vanishedMessage(vanished));
  const planned = emptyResult(runId, build);
  let result: RunResult = {
    ...planned,
    chunks: { ...planned.chunks, skipped: unchanged.length },
    sourceRows: staged.sourceRows,
    filtered: staged.filtered,
    vanished,
  };
  let after = ledger;
  let published: Processed['published'] = new Map();
  if (isAfterChunks(options.only) && due.length > 0)
    effects.reporter.info?.(`${due.length} chunks are due, and are not mapped by this step.`);
  else if (due.length > 0) {
    result.planned = await plannedOf(lake, engine, prepared, due);
    effects.reporter.stage('embed');
    await unmarkSource(lake, build);
    const embedding = effects.clock();
    const heartbeat = await startHeartbeat(lake.root, claimant.owner, leaseMs);
    const { holding } = heartbeat;
    const work = { engine, prepared, build, pipelineId: lake.pipeline.id, due, claimant, holding, effects };
    const processed = await copy.beside(() => processChunks(ledger, work)).finally(heartbeat.stop);
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
  // A stream may have changed a chunk again by now.
  await copy.over(
    isWholePlan(options) &&
      staged.chunks.every((chunk) => isPublished(chunk, now) || published.has(chunk.id)),
  );
  const read = { staged, ledger: after };
  const left = result.chunks.left;
  const concluding = { build, statesOf: async () => after.states, isComplete, left, read };
  Object.assign(result, await conclude(lake, prepared, concluding, { ...run, result }));
  // What was refused is looked at again, also where nobody touches the source.
  if (isExact && isWholePlan(options) && result.unmet.length === 0)
    await markSource(lake, prepared, build, { ...staged, vanished });
  const isAll = !isAfterChunks(options.only) && !isPart(options);
  if (isAll && isComplete && isProfiled(prepared.config, process.env)) {
    const page = await writeProfile(lake, build, { runId, started });
    effects.reporter.info?.(`The profile of the records: ${page}`);
  }
  return finished(build, result);
}

/**
 * For steps after the check, the build that serves, or that would as the first, where its tables are those that a check has passed: then
 * the source need not be read again.
 */
async function mappedBuild(
  lake: Lake,
  prepared: Prepared,
  rule: ChunkRule | undefined,
  { only, sample }: RunOptions,
): Promise<Published | undefined> {
  if (rule === undefined || (only !== 'index' && only !== 'themes')) return undefined;
  const info = buildInfo(prepared.config, rule, prepared, sample);
  const { build: current } = await readCurrent(lake);
  if (current !== undefined && current !== info.digest) return undefined;
  const build = await openBuild(lake, info);
  await refreshTables(build);
  if (only === 'index' && !(await hasPassed(lake, build, configDigest(prepared.config)))) return undefined;
  const statesOf = async () => (await openLedger(lake, info.digest)).states;
  return { build, statesOf, isComplete: false, left: 0, hasPassed: true };
}

/** Whether the last check that ended was of these tables by this config, and passed. */
async function hasPassed(lake: Lake, build: Build, config: string): Promise<boolean> {
  const checked = (await listRuns(lake)).find(
    ({ manifest }) => (manifest.options as RunOptions)?.only === 'check',
  );
  const { tables } = (checked?.manifest.result ?? {}) as Partial<RunResult>;
  const isOfThese =
    checked?.build === build.info.digest && digestOf({ tables }) === digestOf({ tables: versionsOf(build) });
  return isOfThese && checked?.status === 'done' && checked.manifest.config === config;
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
  try {
    const { passages, tokens, seconds, cost, bytes } = await estimateDue(engine, prepared, due, rate);
    return { passages, tokens, seconds, cost, bytes };
  } catch {
    // Rows that cannot be read are the business of their chunk, which says so.
    return undefined;
  }
}

function versionsOf({ tables }: Build): Record<string, number> {
  return Object.fromEntries(Object.entries(tables).map(([name, { version }]) => [name, version]));
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
