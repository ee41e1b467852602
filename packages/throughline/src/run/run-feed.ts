/** A run of a source that tells its changes: to the end of what is there, or for as long as it is let. */
import { scan } from '@throughline/delta';
import { startHeartbeat } from '../chunk/lease.ts';
import { openLedger } from '../chunk/ledger.ts';
import { thisProcess } from '../chunk/owner.ts';
import { pastWindows } from '../chunk/past-window.ts';
import type { ChunkRule } from '../chunk/plan.ts';
import { durationMs } from '../config/index.ts';
import { stagedColumns } from '../engine/local/staged-columns.ts';
import { asThroughlineError } from '../error.ts';
import {
  type Followed,
  followFeed,
  openBatchPublisher,
  openCompactor,
  openDeriving,
  openFreshness,
  openStreamWatch,
  reportChunks,
} from '../follow/index.ts';
import { openEventLog } from '../http/index.ts';
import { type Build, buildInfo, openBuild, refreshTables } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { committedPosition } from '../lake/stream-commit.ts';
import { type Embedder, openEmbedder } from '../model/index.ts';
import { whole } from '../source/copy-marks.ts';
import { deltaStream } from '../source/delta-feed.ts';
import { openFeed, standingOf, tellsChanges } from '../source/open-feed.ts';
import { tellStreams } from '../telemetry/index.ts';
import { conclude } from './conclude.ts';
import { moveTo } from './mark-copied.ts';
import { isWholePlan } from './pending.ts';
import type { Prepared } from './prepare.ts';
import { costOf, emptyResult, type RunResult } from './result.ts';
import type { RunEffects, RunOptions } from './run.ts';
import { streamRule } from './stream-rule.ts';
import { tellLate } from './tell.ts';

interface FeedRun {
  runId: string;
  started: number;
  options: RunOptions;
  effects: RunEffects;
}

interface OpenRun extends FeedRun {
  lake: Lake;
  prepared: Prepared;
  rule: ChunkRule;
  build: Build;
  owner: string;
}

/**
 * To the end: then checks, index and themes of what is published, as after any run. With `follow`, until the signal: those come
 * every `follow.derive` beside the stream, and the micro-batch that is under way at the signal is published.
 */
export async function runFeed(
  lake: Lake,
  prepared: Prepared,
  run: FeedRun,
): Promise<{ build: Build; result: RunResult }> {
  const { config } = prepared;
  const rule = await streamRule(prepared, lake);
  const build = await openBuild(lake, buildInfo(config, rule, prepared, undefined));
  await refreshTables(build);
  const owner = thisProcess();
  const open = { ...run, lake, prepared, rule, build, owner };
  const derived = openDerived(open);
  const heartbeat = await startHeartbeat(lake.root, owner, durationMs(config.share.lease));
  const result = await streamed(open, derived, heartbeat.holding).finally(heartbeat.stop);
  if (run.options.follow === true) {
    await derived.report();
    return { build, result };
  }
  run.effects.signal.throwIfAborted();
  return { build, result: { ...result, ...(await derived.derive(result)) } };
}

/** Micro-batches between two looks at the number of files. */
const COMPACT_EVERY = 16;

async function streamed(run: OpenRun, derived: Derived, holding: () => AbortSignal): Promise<RunResult> {
  const { lake, prepared, build, rule, runId, effects } = run;
  const { config, mapping, directory } = prepared;
  const { reporter, clock, signal } = effects;
  const isFollowing = run.options.follow === true;
  const everyMs = durationMs(config.follow.every);
  const deriving = await backgroundOf(run, derived);
  const freshness = openFreshness();
  const compactor = openCompactor(pastWindows(rule, clock), clock);
  const { maxLag } = config.follow;
  const watch = openStreamWatch({
    maxLagMs: maxLag === undefined ? undefined : durationMs(maxLag),
    clock,
    tellFigures: (streams) =>
      tellStreams(config, directory, streams).catch(({ message }) =>
        reporter.warning(`the figures of the streams were not told: ${message}`),
      ),
    tellLate: (late) => tellLate(lake, config, { run: runId, late }, effects),
  });
  // The micro-batch that is under way at the signal is published: nobody tells it.
  const untilPublished = new AbortController().signal;
  const log = openEventLog(reporter, () => performance.now());
  await using embedder = await openEmbedder(prepared.spec, log.event);
  const history = await historyOf(run, embedder);
  if (history !== NO_HISTORY) {
    deriving.postpone();
    void history.over.then(deriving.soon);
  }
  await using publisher = await openBatchPublisher(
    {
      ...{ prepared, build, pipelineId: lake.pipeline.id, run: runId, holding, clock },
      ...{ embedder, signal: untilPublished, reporter: { ...reporter, rows: () => {} } },
    },
    rule,
    mapping.id!,
  );
  await using feed = await openFeed(config.source, {
    positionOf: async (stream) => {
      await refreshTables(build);
      return committedPosition(lake.pipeline.id, build, stream);
    },
    columns: stagedColumns(config, mapping),
    directory,
    group: `throughline-${lake.pipeline.id}-${build.info.digest.slice(0, 12)}`,
    warn: reporter.warning,
    knownIds: () => idsOf(build),
    clock,
    ...{ maxChanges: config.follow.batch, until: isFollowing ? 'follow' : 'end', everyMs, signal },
  });
  reporter.stage('embed');
  let batches = 0;
  const followed = await followFeed(feed, {
    ...{ publisher, signal, warning: reporter.warning, waits: watch.waits },
    everyMs: isFollowing ? everyMs : 0,
    waitMs: durationMs(config.retry.wait),
    ...(isFollowing ? {} : { attempts: config.retry.attempts }),
    async published(batch, { chunks, counts }) {
      derived.changed(chunks);
      const { stream, changes, newestAt, behind } = batch;
      const age = freshness.add(newestAt, clock());
      reporter.batch?.({ stream, changes: changes.length, counts, age, behind });
      await watch.published(batch, age);
      if (++batches % COMPACT_EVERY === 0) await compactor.compact(build);
      if (isFollowing) deriving.ifDue();
    },
  });
  await deriving.ended();
  await history.over;
  log.flush();
  if (batches > 0) await compactor.compact(build);
  await publisher.tidy().catch(() => {});
  return {
    ...emptyResult(runId, build),
    ...resultOf(followed),
    ...costOf(publisher.usage()),
    followed: { batches: followed.batches, deleted: followed.deleted, freshness: freshness.summary() },
  };
}

/** Ids of the records, a batch of the table at a time. */
async function* idsOf(build: Build): AsyncGenerator<readonly string[]> {
  await refreshTables(build);
  for await (const { columns } of scan(build.tables.records, { columns: ['_id'] }))
    yield columns._id as string[];
}

/**
 * From where a source is followed for the first time that can be read as a whole: from where a run has read all of it; or, of a database, from
 * where it stands now, and a run of its own does the chunks of the history beside the stream, until `over`. What ends that one is told, and the
 * next start goes on with it.
 */
async function historyOf(run: OpenRun, embedder: Embedder): Promise<{ over: Promise<void> }> {
  const { lake, prepared, build, runId, effects } = run;
  const { signal, clock, reporter, runHistory } = effects;
  const { source } = prepared.config;
  const standing = await standingOf(source, prepared.files, signal);
  if (!standing) return NO_HISTORY;
  const { stream, position } = standing;
  const at = (name: string) => committedPosition(lake.pipeline.id, build, name);
  const read = at(whole(stream));
  const begin = read ?? (source.type === 'postgres' ? position : null);
  if (at(stream) === null && begin !== null)
    await moveTo(lake, build, stream, { position: begin, run: runId, clock });
  if (!runHistory || read !== null || source.type !== 'postgres') return NO_HISTORY;
  reporter.info?.('The history is done chunk by chunk, the newest first, while new changes are published.');
  const over = runHistory(embedder).catch((thrown) => {
    if (!signal.aborted)
      reporter.warning(`the history is not complete: ${asThroughlineError(thrown).message}`);
  });
  return { over };
}

const NO_HISTORY = { over: Promise.resolve() };

function resultOf({ changes, counts, filtered, chunks }: Followed): Partial<RunResult> {
  const { rows: _rows, ms: _ms, ...kept } = counts;
  return {
    ...kept,
    ...{ sourceRows: changes, filtered },
    chunks: { done: chunks.size, skipped: 0, failed: 0, left: 0 },
  };
}

/** A Delta table that was followed once is read by its changes from then on, unless chunks are named. */
export async function isFollowed(lake: Lake, prepared: Prepared, options: RunOptions): Promise<boolean> {
  const { source, engine } = prepared.config;
  const isPlain = isWholePlan(options) && options.only === undefined && !options.force && !options.sample;
  if (source.type !== 'delta' || engine !== 'local' || !isPlain || !tellsChanges(source)) return false;
  const rule = prepared.rule ?? lake.pipeline.rule;
  if (rule === undefined) return false;
  const build = await openBuild(lake, buildInfo(prepared.config, rule, prepared, undefined));
  return committedPosition(lake.pipeline.id, build, deltaStream(source)) !== null;
}

interface Derived {
  /** Chunks of which the ledger does not know yet. */
  changed(chunks: ReadonlySet<string>): void;
  /** Tells the ledger. */
  report(): Promise<void>;
  /** Checks, index and themes of the tables as they are now. */
  derive(result: RunResult): Promise<Partial<RunResult>>;
}

function openDerived(run: OpenRun): Derived {
  const { lake, prepared, owner, runId, build, effects } = run;
  let changed = new Set<string>();
  const reported = async (at: Build) => {
    const chunks = changed;
    changed = new Set();
    const by = { owner, run: runId, clock: { now: effects.clock } };
    return await reportChunks(await openLedger(lake, at.info.digest), at, chunks, by);
  };
  return {
    changed: (chunks) => {
      for (const chunk of chunks) changed.add(chunk);
    },
    report: async () => void (await reported(build)),
    async derive(result) {
      // The stream goes on meanwhile.
      const at: Build = { ...build, tables: { ...build.tables } };
      const { states } = await reported(at);
      const published = { build: at, statesOf: async () => states, isComplete: true, left: 0 };
      return await conclude(lake, prepared, published, { ...run, result });
    },
  };
}

/** Of a stream that is followed. A lake that has no index yet gets one with its first micro-batch. */
async function backgroundOf({ lake, prepared, build, runId, effects }: OpenRun, { derive }: Derived) {
  const { clock, signal, reporter } = effects;
  return openDeriving(
    async () => {
      const { unmet = [] } = await derive(emptyResult(runId, build));
      for (const limit of unmet) reporter.warning(`not promoted: ${limit}`);
    },
    {
      everyMs: durationMs(prepared.config.follow.derive),
      isFirst: (await readCurrent(lake)).index === undefined,
      clock,
      warning: (message) => signal.aborted || reporter.warning(message),
    },
  );
}
