/** A source that is read as a whole: its chunks, those of them that are due, and what comes of them. */
import type { Claimant } from '../chunk/claim.ts';
import { startHeartbeat, watchLeases } from '../chunk/lease.ts';
import { type Ledger, openLedger } from '../chunk/ledger.ts';
import { thisProcess } from '../chunk/owner.ts';
import { durationMs } from '../config/index.ts';
import type { Engine, Staged, StagedChunk } from '../engine/engine.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type Build, openBuild, refreshTables } from '../lake/build.ts';
import { buildInfo } from '../lake/build-info.ts';
import { copiedSinceBegin } from '../lake/history-begin.ts';
import { type Lake, rememberRule } from '../lake/lake.ts';
import { committedAttempt } from '../lake/publish.ts';
import { standingOf } from '../source/open-feed.ts';
import { conclude } from './conclude.ts';
import { type Copying, copying } from './copying.ts';
import { lostChunks, lostError, lostText } from './lost-chunks.ts';
import { dueChunks, isLatest, isPublished, isWholePlan } from './pending.ts';
import { plannedCost } from './planned-cost.ts';
import type { Prepared } from './prepare.ts';
import { type Processed, processChunks } from './process-chunks.ts';
import { repairLedger } from './repair.ts';
import { addProcessed, emptyResult, type Ran, type RunResult } from './result.ts';
import type { BegunRun } from './run-effects.ts';
import type { RunOptions } from './run-options.ts';
import { secondsSince } from './seconds-since.ts';
import { someOf } from './some-of.ts';
import { markSource, unmarkSource } from './source-mark.ts';
import { isAfterChunks, isPart } from './steps.ts';
import { isProfiled, writeProfile } from './write-profile.ts';

export async function runWhole(lake: Lake, engine: Engine, prepared: Prepared, run: BegunRun): Promise<Ran> {
  const { options, effects, runId, started } = run;
  const { reporter, signal } = effects;
  reporter.stage('read');
  const standing = await standingOf(prepared.config.source, prepared.files, signal);
  const rule = prepared.rule ?? lake.pipeline.rule;
  const staged = await engine.stage(prepared, { rule, sample: options.sample });
  signal.throwIfAborted();
  const info = buildInfo(prepared.config, staged.rule, prepared, options.sample);
  const lost = await lostChunks(lake, prepared.added, info.digest, staged);
  if (lost.length > 0 && !options.acceptSchema) throw lostError(lost);
  if (lost.length > 0) reporter.warning(lostText(lost));
  // Without rows nothing was chosen from.
  if (staged.chosen && !lake.pipeline.rule && staged.chunks.length > 0) await rememberRule(lake, staged.rule);
  const build = await openBuild(lake, info);
  const claimant = claimantOf(lake, prepared, run);
  const opened = await openLedger(lake, build.info.digest);
  const ledger = await repairLedger(opened, build, lake.pipeline.id, claimant);
  const known = {
    states: ledger.states,
    committed: (chunk: string) => committedAttempt(lake.pipeline.id, build, chunk),
    ...(options.history && standing && { isCopied: await copiedSinceBegin(lake, build, standing.stream) }),
  };
  const { due, unchanged, vanished } = dueChunks(staged.chunks, options, known);
  if (options.history) due.reverse();
  checkSelection(options, staged, due.length + unchanged.length);
  if (!isAfterChunks(options.only)) reporter.planned({ staged, due, unchanged: unchanged.length });
  if (vanished.length > 0) reporter.warning(vanishedMessage(vanished));
  const empty = emptyResult(runId, build);
  const { sourceRows, filtered } = staged;
  const chunks = { ...empty.chunks, skipped: unchanged.length };
  const planned = { ...empty, chunks, sourceRows, filtered, vanished };
  const copy = copying(lake, build, standing, claimant);
  const mapping = { lake, engine, prepared, build, ledger, claimant, copy };
  const { result, published, ...mapped } = await mapDue(mapping, due, planned, run);
  await refreshTables(build);
  const now = { ...known, states: mapped.ledger.states };
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
  const read = { staged, ledger: mapped.ledger };
  const concluding = { build, statesOf: async () => now.states, isComplete, left: result.chunks.left, read };
  Object.assign(result, await conclude(lake, prepared, concluding, { ...run, result }));
  // What was refused is looked at again, also where nobody touches the source.
  if (isExact && isWholePlan(options) && result.unmet.length === 0)
    await markSource(lake, prepared, build, { ...staged, vanished });
  const isAll = !isAfterChunks(options.only) && !isPart(options);
  if (isAll && isComplete && isProfiled(prepared.config, process.env)) {
    const page = await writeProfile(lake, build, { runId, started });
    reporter.info?.(`The profile of the records: ${page}`);
  }
  return { build, result };
}

function claimantOf(lake: Lake, { config }: Prepared, { runId, effects }: BegunRun): Claimant {
  return {
    owner: thisProcess(),
    run: runId,
    clock: { now: effects.clock },
    leases: watchLeases(lake.root, durationMs(config.share.lease)),
  };
}

interface Mapping {
  lake: Lake;
  engine: Engine;
  prepared: Prepared;
  build: Build;
  ledger: Ledger;
  claimant: Claimant;
  copy: Copying;
}

/** Maps the chunks that are due, unless the step is one after that; the result has them then. */
async function mapDue(
  { lake, engine, prepared, build, ledger, claimant, copy }: Mapping,
  due: readonly StagedChunk[],
  planned: RunResult,
  { options, effects }: BegunRun,
): Promise<Pick<Processed, 'ledger' | 'published'> & { result: RunResult }> {
  const none = { ledger, published: new Map(), result: planned };
  if (due.length === 0) return none;
  if (isAfterChunks(options.only)) {
    effects.reporter.info?.(`${due.length} chunks are due, and are not mapped by this step.`);
    return none;
  }
  const cost = await plannedCost(lake, engine, prepared, due);
  effects.reporter.stage('embed');
  await unmarkSource(lake, build);
  const embedding = effects.clock();
  const heartbeat = await startHeartbeat(lake.root, claimant.owner, durationMs(prepared.config.share.lease));
  const { holding } = heartbeat;
  const work = { engine, prepared, build, pipelineId: lake.pipeline.id, due, claimant, holding, effects };
  const processed = await copy.beside(() => processChunks(ledger, work)).finally(heartbeat.stop);
  const embedSeconds = secondsSince(embedding, effects);
  return { ...processed, result: { ...addProcessed(planned, processed), planned: cost, embedSeconds } };
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
  return `${vanished.length} chunks are no longer in the source and are kept: ${someOf(vanished)}. Empty one: throughline run --chunk ID`;
}
