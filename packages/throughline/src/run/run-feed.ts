/** A run of a source that tells its changes: to the end of what is there, or for as long as it is let. */
import { startHeartbeat } from '../chunk/lease.ts';
import { openLedger } from '../chunk/ledger.ts';
import { thisProcess } from '../chunk/owner.ts';
import { pastWindows } from '../chunk/past-window.ts';
import type { ChunkRule } from '../chunk/plan.ts';
import { ConfigError, durationMs } from '../config/index.ts';
import {
  type Followed,
  followFeed,
  openBatchPublisher,
  openCompactor,
  openDeriving,
  openFreshness,
  reportChunks,
} from '../follow/index.ts';
import { type Build, buildInfo, openBuild, refreshTables } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { committedPosition } from '../lake/stream-commit.ts';
import { openFeed } from '../source/open-feed.ts';
import { conclude } from './conclude.ts';
import type { Prepared } from './prepare.ts';
import { costOf, emptyResult, type RunResult } from './result.ts';
import type { RunEffects, RunOptions } from './run.ts';

interface FeedRun {
  runId: string;
  started: number;
  options: RunOptions;
  effects: RunEffects;
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
  const { options, effects, runId } = run;
  const { config, mapping } = prepared;
  const { reporter, clock, signal } = effects;
  const follows = options.follow === true;
  const rule = ruleOf(prepared);
  const build = await openBuild(lake, buildInfo(config, rule, prepared, undefined));
  await refreshTables(build);
  const owner = thisProcess();
  const ledgerClock = { now: clock };
  let untold = new Set<string>();
  const told = async (at: Build) => {
    const chunks = untold;
    untold = new Set();
    const ledger = await openLedger(lake, at.info.digest);
    return await reportChunks(ledger, at, chunks, { owner, run: runId, clock: ledgerClock });
  };
  const derive = async (result: RunResult) => {
    const at: Build = { ...build, tables: { ...build.tables } };
    const { states } = await told(at);
    const published = { build: at, statesOf: async () => states, isComplete: true, left: 0 };
    return await conclude(lake, prepared, published, { ...run, result });
  };
  const deriving = openDeriving(
    async () => {
      const { unmet = [] } = await derive(emptyResult(runId, build));
      for (const limit of unmet) reporter.warning(`not promoted: ${limit}`);
    },
    {
      everyMs: durationMs(config.follow.derive),
      isFirst: (await readCurrent(lake)).index === undefined,
      clock,
      warning: (message) => signal.aborted || reporter.warning(message),
    },
  );
  const heartbeat = await startHeartbeat(lake.root, owner, durationMs(config.share.lease));
  const freshness = openFreshness();
  const compactor = openCompactor(pastWindows(rule, clock), clock);
  try {
    // The micro-batch that is under way at the signal is published: it is not told of it.
    await using publisher = await openBatchPublisher(
      {
        ...{ prepared, build, pipelineId: lake.pipeline.id, run: runId, holding: heartbeat.holding },
        ...{ clock, signal: new AbortController().signal, reporter: { ...reporter, rows: () => {} } },
      },
      rule,
      mapping.id!,
    );
    await using feed = await openFeed(config.source, {
      positionOf: async (stream) => {
        await refreshTables(build);
        return committedPosition(lake.pipeline.id, build, stream);
      },
      maxChanges: config.follow.batch,
      until: follows ? 'follow' : 'end',
      everyMs: durationMs(config.follow.every),
      signal,
    });
    reporter.stage('embed');
    let sinceCompacted = 0;
    const followed = await followFeed(feed, {
      publisher,
      everyMs: follows ? durationMs(config.follow.every) : 0,
      waitMs: durationMs(config.retry.wait),
      ...(follows ? {} : { attempts: config.retry.attempts }),
      warning: reporter.warning,
      signal,
      async published({ stream, changes, newestAt, behind }, { chunks, counts }) {
        for (const chunk of chunks) untold.add(chunk);
        const age = freshness.add(newestAt, clock());
        reporter.batch?.({ stream, changes: changes.length, counts, age, behind });
        if (++sinceCompacted >= COMPACT_EVERY) {
          sinceCompacted = 0;
          await compactor.compact(build);
        }
        if (follows) deriving.ifDue();
      },
    });
    await deriving.ended();
    if (followed.batches > 0) await compactor.compact(build);
    await publisher.tidy().catch(() => {});
    const result: RunResult = {
      ...emptyResult(runId, build),
      ...resultOf(followed),
      ...costOf(publisher.usage()),
      followed: { batches: followed.batches, deleted: followed.deleted, freshness: freshness.summary() },
    };
    if (follows) {
      await told(build);
      return { build, result };
    }
    signal.throwIfAborted();
    return { build, result: { ...result, ...(await derive(result)) } };
  } finally {
    await heartbeat.stop();
  }
}

/** Micro-batches between two looks at the number of files. */
const COMPACT_EVERY = 16;

function resultOf({ changes, counts, filtered, chunks }: Followed): Partial<RunResult> {
  const { rows: _rows, ms: _ms, ...kept } = counts;
  return {
    ...kept,
    ...{ sourceRows: changes, filtered },
    chunks: { done: chunks.size, skipped: 0, failed: 0, left: 0 },
  };
}

/** What a stream is cut by: days of its timestamp unless the config says otherwise. Throws ConfigError. */
function ruleOf({ rule, mapping, config }: Prepared): ChunkRule {
  const cut =
    rule ??
    (mapping.timestamp === undefined ? undefined : { by: 'window' as const, every: '1d', zone: 'UTC' });
  const fault =
    cut?.by !== 'window' && cut?.by !== 'value'
      ? 'a stream is cut into chunks by a column: set source.timestamp, or chunk: { by: COLUMN }'
      : mapping.id === undefined
        ? 'changes of a record are told by its id: set source.id'
        : config.transform.some((step) => 'dedupe' in step)
          ? 'transform: dedupe needs all rows of a chunk, and a stream brings them one after the other'
          : undefined;
  if (fault === undefined) return cut!;
  throw new ConfigError('throughline.yaml', [{ message: fault }]);
}
