/** A run of a source that tells its changes: to the end of what is there, or for as long as it is let. */
import { scan } from '@throughline/delta';
import { startHeartbeat, watchLeases } from '../chunk/lease.ts';
import { thisProcess } from '../chunk/owner.ts';
import { pastWindows } from '../chunk/past-window.ts';
import type { ChunkRule } from '../chunk/plan.ts';
import { durationMs, type SourceConfig } from '../config/index.ts';
import { stagedColumns } from '../engine/local/staged-columns.ts';
import {
  addFollowed,
  type Followed,
  type FollowSettings,
  followFeed,
  openBatchPublisher,
  openChangesAgain,
  openCompactor,
  openFreshness,
  openStreamWatch,
} from '../follow/index.ts';
import { openEventLog } from '../http/index.ts';
import { asOfNow, type Build, openBuild, refreshTables } from '../lake/build.ts';
import { buildInfo } from '../lake/build-info.ts';
import { openCopies } from '../lake/copies.ts';
import type { Lake } from '../lake/lake.ts';
import { committedPosition } from '../lake/stream-commit.ts';
import { type Embedder, openEmbedder } from '../model/index.ts';
import type { ChangeFeed } from '../source/change-feed.ts';
import { type OpenFeedOptions, openFeed } from '../source/open-feed.ts';
import { tellStreams } from '../telemetry/index.ts';
import { type Derived, openDerived } from './derive-beside.ts';
import type { Prepared } from './prepare.ts';
import { costOf, emptyResult, type Ran, type RunResult } from './result.ts';
import type { BegunRun } from './run-effects.ts';
import { openStreamColumns, type StreamColumns } from './stream-columns.ts';
import { beginHistory } from './stream-history.ts';
import { streamRule } from './stream-rule.ts';
import { tellLate } from './tell.ts';

export interface OpenFeedRun extends BegunRun {
  lake: Lake;
  prepared: Prepared;
  rule: ChunkRule;
  build: Build;
  owner: string;
  columns: StreamColumns;
}

/**
 * To the end: then checks, index and themes of what is published, as after any run. With `follow`, until the signal: those come
 * every `follow.derive` beside the stream, and the micro-batch that is under way at the signal is published.
 */
export async function runFeed(lake: Lake, prepared: Prepared, run: BegunRun): Promise<Ran> {
  const { config } = prepared;
  const { signal } = run.effects;
  const rule = await streamRule(prepared, lake);
  const build = await openBuild(lake, buildInfo(config, rule, prepared, undefined));
  await refreshTables(build);
  const owner = thisProcess();
  const columns = openStreamColumns(lake, prepared, run.effects);
  const open = { ...run, lake, prepared, rule, build, owner, columns };
  const derived = openDerived(open);
  const heartbeat = await startHeartbeat(lake.root, owner, durationMs(config.share.lease));
  const result = await streamed(open, derived, heartbeat.holding).finally(heartbeat.stop);
  if (run.options.follow === true) {
    await derived.report();
    return { build, result };
  }
  signal.throwIfAborted();
  return { build, result: { ...result, ...(await derived.derive(result)) } };
}

/** Micro-batches between two looks at the number of files. */
const COMPACT_EVERY = 16;
/** How long the micro-batch that is under way at the signal may take: as long as those who stop processes wait. */
const GRACE_MS = 20_000;

async function streamed(run: OpenFeedRun, derived: Derived, holding: () => AbortSignal): Promise<RunResult> {
  const { lake, prepared, build, rule, runId, effects, columns } = run;
  const { config, mapping, directory } = prepared;
  const { reporter, clock, signal } = effects;
  const isFollowing = run.options.follow === true;
  const log = openEventLog(reporter, () => performance.now());
  await using embedder = await openEmbedder(prepared.spec, log.event);
  const changed = new Set<string>();
  await using publisher = await openBatchPublisher(
    {
      ...{ prepared, build, pipelineId: lake.pipeline.id, run: runId, holding, clock },
      changed(chunks) {
        for (const chunk of chunks) changed.add(chunk);
        derived.changed(chunks);
      },
      ...{ embedder, signal: graceAfter(signal), reporter: { ...reporter, rows: () => {} } },
    },
    rule,
    mapping.id!,
  );
  // Whatever ends the stream ends what goes on beside it, before the model is closed.
  const behind = new Map<string, number>();
  await using _beside = await beginBeside(run, derived, embedder, behind);
  const reading: OpenFeedOptions = {
    positionOf: async (stream) => committedPosition(lake.pipeline.id, await asOfNow(build), stream),
    columns: stagedColumns(config, mapping),
    directory,
    group: `throughline-${lake.pipeline.id}-${build.info.digest.slice(0, 12)}`,
    warn: reporter.warning,
    knownIds: (table) => idsOf(build, table),
    copies: openCopies(lake, build, watchLeases(lake.root, durationMs(config.share.lease))),
    clock,
    ...{ maxChanges: config.follow.batch, until: isFollowing ? 'follow' : 'end', signal },
    everyMs: durationMs(config.follow.every),
  };
  await using feed = await openFeed(config.source, {
    ...reading,
    ...(columns.fields && { fields: columns.fields }),
  });
  columns.of(feed);
  // Also when the stream ends with an error: what was counted is kept.
  await using _columns = { [Symbol.asyncDispose]: columns.close };
  const freshness = openFreshness();
  const watch = watchOf(run);
  const compact = compacting(run);
  reporter.stage('embed');
  let batches = 0;
  const settings = {
    ...{ publisher: settling(publisher, derived), signal, warning: reporter.warning, waits: watch.waits },
    everyMs: isFollowing ? durationMs(config.follow.every) : 0,
    waitMs: durationMs(config.retry.wait),
    ...(isFollowing ? {} : { attempts: config.retry.attempts }),
  };
  const again = openChangesAgain({
    ...{ build, pipelineId: lake.pipeline.id, publisher, id: mapping.id!, ids: run.options.again ?? [] },
    openSource: () => openAnew(config.source, reading),
    ...{ most: config.follow.batch, signal, warn: reporter.warning },
  });
  const repeated = await followFeed(again.feed, {
    ...settings,
    publisher: settling(again, derived),
    published: async () => {},
  });
  const followed = await followFeed(feed, {
    ...settings,
    async published(batch, { counts }) {
      behind.set(batch.stream, batch.behind ?? 0);
      const age = freshness.add(batch.newestAt, clock());
      reporter.batch?.({
        ...{ stream: batch.stream, changes: batch.changes.length, behind: batch.behind },
        ...{ counts, age },
      });
      await watch.published(batch, age);
      if (++batches % COMPACT_EVERY === 0) await compact();
    },
  });
  log.flush();
  if (batches > 0) await compact();
  await publisher.tidy().catch(() => {});
  return {
    ...emptyResult(runId, build),
    ...resultOf(addFollowed(repeated, followed)),
    chunks: { done: changed.size, skipped: 0, failed: 0, left: again.left().size },
    ...costOf(publisher.usage()),
    followed: { batches: followed.batches, deleted: followed.deleted, freshness: freshness.summary() },
  };
}

/** What is derived of the tables is so of whole batches. */
function settling(
  publisher: FollowSettings['publisher'],
  derived: Pick<Derived, 'settled'>,
): FollowSettings['publisher'] {
  return {
    async publish(batch) {
      const published = await publisher.publish(batch);
      derived.settled();
      return published;
    },
  };
}

/** All that the source has now, whatever was read of it before. */
function openAnew(source: SourceConfig, reading: OpenFeedOptions): Promise<ChangeFeed> {
  return openFeed(
    { ...source, from: 'earliest' },
    { ...reading, until: 'end', positionOf: async () => null },
  );
}

/** What goes on beside the stream: the history, and what is derived. Closing it ends both. */
async function beginBeside(
  run: OpenFeedRun,
  derived: Derived,
  embedder: Embedder,
  behind: ReadonlyMap<string, number>,
): Promise<AsyncDisposable> {
  const over = new AbortController();
  const signal = AbortSignal.any([run.effects.signal, over.signal]);
  const history = await beginHistory({ ...run, effects: { ...run.effects, signal } }, embedder);
  let isHistoryOver = history.length === 0;
  const ended = Promise.allSettled(history).then(() => {
    isHistoryOver = true;
  });
  const isWhole = () => isHistoryOver && [...behind.values()].every((left) => left === 0);
  const end = async () => {
    over.abort();
    await ended;
  };
  if (run.options.follow !== true) return { [Symbol.asyncDispose]: end };
  const deriving = await derived.beside(isWhole, signal).catch(async (thrown) => {
    await end();
    throw thrown;
  });
  return {
    async [Symbol.asyncDispose]() {
      await end();
      await deriving[Symbol.asyncDispose]();
    },
  };
}

/** Aborted a while after the other. */
function graceAfter(signal: AbortSignal): AbortSignal {
  const hard = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => hard.abort(signal.reason), GRACE_MS).unref(), {
    once: true,
  });
  return hard.signal;
}

function watchOf({ lake, prepared, runId, effects }: OpenFeedRun) {
  const { config, directory } = prepared;
  const { maxLag } = config.follow;
  return openStreamWatch({
    maxLagMs: maxLag === undefined ? undefined : durationMs(maxLag),
    clock: effects.clock,
    tellFigures: (streams) =>
      tellStreams(config, directory, streams).catch(({ message }) =>
        effects.reporter.warning(`the figures of the streams were not told: ${message}`),
      ),
    tellLate: (late, judged) => tellLate(lake, config, { run: runId, late, judged }, effects),
  });
}

/** What cannot be joined now is left to the next time: readers see nothing of it. */
function compacting({ rule, build, effects }: OpenFeedRun): () => Promise<void> {
  const { clock, reporter } = effects;
  const compactor = openCompactor(pastWindows(rule, clock), clock);
  return () =>
    compactor
      .compact(build)
      .catch(({ message }: Error) => reporter.info?.(`small files were not joined: ${message}`));
}

/** Ids of a table as it is now, a batch of it at a time. */
async function* idsOf(build: Build, table: 'records' | 'passages'): AsyncGenerator<readonly string[]> {
  const { tables } = await asOfNow(build);
  for await (const { columns } of scan(tables[table], { columns: ['_id'] })) yield columns._id as string[];
}

function resultOf({ changes, counts, filtered }: Followed): Partial<RunResult> {
  const { rows: _rows, ms: _ms, ...kept } = counts;
  return { ...kept, ...{ sourceRows: changes, filtered } };
}
