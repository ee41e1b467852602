/** From a micro-batch to its publication, with what a run does to a chunk: filter, transform, mapper, model, tables. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { NO_CHUNK } from '../chunk/chunk-id.ts';
import { addCounts, type ChunkCounts, NO_COUNTS } from '../chunk/ledger.ts';
import type { ChunkRule } from '../chunk/plan.ts';
import type { ChunkOutcome, ClaimedChunk, EngineRun } from '../engine/engine.ts';
import { openLocalRunner } from '../engine/local/local-runner.ts';
import { openSession } from '../engine/local/session.ts';
import { clearStaged, stageRows } from '../engine/local/stage-rows.ts';
import { deadLetterBatch } from '../engine/local/table-rows.ts';
import type { HttpStats } from '../http/index.ts';
import type { BuildTable } from '../lake/build.ts';
import { readForgotten } from '../lake/forgotten.ts';
import { commitStream } from '../lake/stream-commit.ts';
import type { DeadLetter } from '../mapper/rows.ts';
import type { FeedBatch } from '../source/change-feed.ts';
import { type NewestChanges, newestChanges } from './newest-changes.ts';
import { openBatchFiles } from './stream-writer.ts';

export interface PublishedBatch {
  /** False: another process has taken the stream over. */
  committed: boolean;
  counts: ChunkCounts;
  /** Rows that the filter left out. */
  filtered: number;
  /** Records that are gone, as far as the batch says. */
  deleted: number;
  /** Those that have other rows now. */
  chunks: ReadonlySet<string>;
}

export interface BatchPublisher extends AsyncDisposable {
  /** Memory: the batch. Throws what keeps it from being published; the same batch may be given again, and nothing is paid for twice. */
  publish(batch: FeedBatch): Promise<PublishedBatch>;
  /** Vectors that are finished are kept, and the cache is tidied. */
  tidy(): Promise<void>;
  usage(): HttpStats | undefined;
}

/** `rule` cuts by a column: rows of a stream have no other place. `id` is the column of the id. */
export async function openBatchPublisher(
  run: Omit<EngineRun, 'due'>,
  rule: ChunkRule,
  id: string,
): Promise<BatchPublisher> {
  const { prepared, build, pipelineId, clock } = run;
  const session = await openSession();
  const files = openBatchFiles();
  const runner = await openLocalRunner(session, { ...run, due: [] }, files.openWriter);
  const staging = await session.connect();
  const connections = await connectionsOf(session.connect);

  /** Dead letters that are no rows. */
  const bury = async (dead: readonly DeadLetter[]) => {
    const attempt = { pipelineId, build, chunk: NO_CHUNK, attempt: 0, run: run.run, digest: '', clock };
    const writer = files.openWriter({ ...attempt, connections });
    await writer.append('dead_letters', deadLetterBatch(dead, { attempt: 0, run: run.run, seen: clock() }));
    await writer.publish({ ...NO_COUNTS });
  };

  const write = async (batch: FeedBatch, { rows, rejected }: NewestChanges) => {
    // A record may be forgotten while its stream is followed.
    const now = { ...prepared, forgotten: await readForgotten(prepared.lakeRoot) };
    const staged = await stageRows(session, staging, now, rule, { rows, name: batch.stream });
    files.take();
    if (rejected.length > 0) await bury(rejected);
    let counts: ChunkCounts = { ...NO_COUNTS, deadLetters: rejected.length };
    for await (const outcome of runner.run(claimed(staged))) counts = addCounts(counts, countsOf(outcome));
    const kept = staged.reduce((sum, chunk) => sum + chunk.rows, 0);
    return { counts, filtered: rows.length - kept, ...files.take() };
  };

  return {
    async publish(batch) {
      const newest = newestChanges(batch.changes, id);
      const { stream, after, to, newestAt, behind } = batch;
      try {
        const { counts, filtered, files, ids } = await write(batch, newest);
        const { records, passages, deadLetters } = counts;
        const { committed, chunks } = await commitStream({
          ...{ pipelineId, build, stream, after, to, files, clock },
          ids: new Set([...newest.ids, ...ids]),
          deadIds: new Set(newest.rejected.flatMap(({ id }) => id ?? [])),
          told: {
            ...{ run: run.run, changes: batch.changes.length, records, passages, deadLetters },
            ...(newestAt === undefined ? {} : { newest: newestAt }),
            ...(behind === undefined ? {} : { behind }),
          },
        });
        return { committed, counts, filtered, deleted: newest.deleted, chunks };
      } finally {
        await clearStaged(session);
      }
    },
    tidy: () => runner.tidy(),
    usage: () => runner.usage(),
    async [Symbol.asyncDispose]() {
      await runner.keep().catch(() => {});
      await runner[Symbol.asyncDispose]();
      await session[Symbol.asyncDispose]();
    },
  };
}

async function connectionsOf(
  connect: () => Promise<DuckDBConnection>,
): Promise<Record<BuildTable, DuckDBConnection>> {
  return { dead_letters: await connect(), records: await connect(), passages: await connect() };
}

async function* claimed(
  staged: readonly { id: string; rows: number; digest: string }[],
): AsyncGenerator<ClaimedChunk> {
  for (const { id, rows, digest } of staged) yield { id, rows, digest, attempt: 0 };
}

/** Throws why the chunk's part of the batch was not written: then nothing of the batch is published. */
function countsOf(outcome: ChunkOutcome): ChunkCounts {
  if (outcome.status === 'published') return outcome.counts;
  throw outcome.error;
}
