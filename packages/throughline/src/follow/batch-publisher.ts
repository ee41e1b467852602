/** From a micro-batch to its publication, with what a run does to a chunk: filter, transform, mapper, model, tables. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { AddFile } from '@throughline/delta';
import { NO_CHUNK } from '../chunk/chunk-id.ts';
import { reachOf } from '../chunk/failure.ts';
import { addCounts, type ChunkCounts, NO_COUNTS } from '../chunk/ledger.ts';
import type { ChunkRule } from '../chunk/plan.ts';
import type { ChunkOutcome, ClaimedChunk, EngineRun } from '../engine/engine.ts';
import { openLocalRunner } from '../engine/local/local-runner.ts';
import { openSession } from '../engine/local/session.ts';
import { clearStaged, stageRows } from '../engine/local/stage-rows.ts';
import { deadLetterBatch } from '../engine/local/table-rows.ts';
import { asThroughlineError, EXIT, type ThroughlineError } from '../error.ts';
import type { HttpStats } from '../http/index.ts';
import type { BuildTable } from '../lake/build.ts';
import { readForgotten } from '../lake/forgotten.ts';
import { commitAgain, commitStream, type StreamCommit, type StreamVersions } from '../lake/stream-commit.ts';
import { type DeadLetter, payloadOf } from '../mapper/rows.ts';
import type { Change, FeedBatch } from '../source/change-feed.ts';
import { type FeedRow, newestChanges } from './newest-changes.ts';
import { removeForgottenSince } from './remove-forgotten.ts';
import { openBatchFiles } from './stream-writer.ts';

export interface PublishedBatch {
  /** False: another process has taken the stream over. */
  committed: boolean;
  counts: ChunkCounts;
  /** Rows that the filter left out. */
  filtered: number;
  /** Records that are gone, as far as the batch says. */
  deleted: number;
}

export interface BatchPublisher extends AsyncDisposable {
  /** Memory: the batch. Throws what keeps it from being published; the same batch may be given again, and nothing is paid for twice. */
  publish(batch: FeedBatch): Promise<PublishedBatch>;
  /** Changes that the stream has brought before; none of them a message that cannot be read. It stays where it is. */
  publishAgain(again: BatchAgain): Promise<PublishedBatch>;
  /** Vectors that are finished are kept, and the cache is tidied. */
  tidy(): Promise<void>;
  usage(): HttpStats | undefined;
}

export interface BatchAgain {
  stream: string;
  changes: readonly Change[];
  /** Of the stream, before it was looked what there is to do again. */
  versions: StreamVersions;
}

interface PublisherRun extends Omit<EngineRun, 'due'>, Pick<StreamCommit, 'changed'> {}

/** `rule` cuts by a column: rows of a stream have no other place. `id` is the column of the id. */
export async function openBatchPublisher(
  run: PublisherRun,
  rule: ChunkRule,
  id: string,
): Promise<BatchPublisher> {
  const { prepared, build, pipelineId, changed, clock } = run;
  const session = await openSession();
  const files = openBatchFiles();
  const runner = await openLocalRunner(session, { ...run, due: [] }, files.openWriter);
  const staging = await session.connect();
  const connections = await connectionsOf(session.connect);

  /** Dead letters that are no rows, and so of no record. */
  const bury = async (dead: readonly DeadLetter[]): Promise<Written> => {
    const attempt = { pipelineId, build, chunk: NO_CHUNK, attempt: 0, run: run.run, digest: '', clock };
    const writer = files.openWriter({ ...attempt, connections });
    await writer.append('dead_letters', deadLetterBatch(dead, { attempt: 0, run: run.run, seen: clock() }));
    await writer.publish({ ...NO_COUNTS });
    const counts = { ...NO_COUNTS, deadLetters: dead.length };
    return { counts, filtered: 0, files: files.take().files, ids: new Set() };
  };

  const writeTogether = async (
    rows: readonly FeedRow[],
    { name, forgotten }: BatchContext,
  ): Promise<Written> => {
    try {
      const staged = await stageRows(session, staging, { ...prepared, forgotten }, rule, { rows, name });
      let counts = NO_COUNTS;
      for await (const outcome of runner.run(claimed(staged))) counts = addCounts(counts, countsOf(outcome));
      const kept = staged.reduce((sum, chunk) => sum + chunk.rows, 0);
      return { counts, filtered: rows.length - kept, ...files.take() };
    } catch (thrown) {
      // Files of an attempt that failed are of no table.
      files.take();
      throw thrown;
    } finally {
      await clearStaged(session);
    }
  };

  /** Where all rows together meet an error of a row, they are written in halves: the row itself becomes a dead letter. */
  const write = async (rows: readonly FeedRow[], context: BatchContext): Promise<Written> => {
    try {
      return await writeTogether(rows, context);
    } catch (thrown) {
      const error = asThroughlineError(thrown);
      if (reachOf(error) !== 'chunk' || error.exitCode !== EXIT.badData || rows.length === 0) throw thrown;
      if (rows.length === 1) return await bury([unprocessed(rows[0]!, id, error)]);
      const half = Math.ceil(rows.length / 2);
      const first = await write(rows.slice(0, half), context);
      return together(first, await write(rows.slice(half), context));
    }
  };

  return {
    async publish(batch) {
      const { rows, ids, deleted, rejected } = newestChanges(batch.changes, id);
      const { stream, after, to, newestAt, behind } = batch;
      // A record may be forgotten while its stream is followed.
      const forgotten = await readForgotten(prepared.lakeRoot);
      const mapped = await write(rows, { name: stream, forgotten });
      const written = rejected.length === 0 ? mapped : together(mapped, await bury(rejected));
      const { records, passages, deadLetters } = written.counts;
      const committed = await commitStream({
        ...{ pipelineId, build, stream, after, to, files: written.files, changed, clock },
        ids: new Set([...ids, ...mapped.ids]),
        deadIds: new Set(rejected.flatMap(({ id }) => id ?? [])),
        told: {
          ...{ run: run.run, changes: batch.changes.length, records, passages, deadLetters },
          ...(newestAt === undefined ? {} : { newest: newestAt }),
          ...(behind === undefined ? {} : { behind }),
        },
      });
      await removeForgottenSince(prepared.lakeRoot, build, { forgotten, ids: mapped.ids, clock });
      return { committed, counts: written.counts, filtered: written.filtered, deleted };
    },
    async publishAgain({ stream, changes, versions }) {
      const { rows, ids: named, deleted } = newestChanges(changes, id);
      const forgotten = await readForgotten(prepared.lakeRoot);
      const { files, counts, filtered, ids } = await write(rows, { name: stream, forgotten });
      const committed = await commitAgain({
        ...{ pipelineId, build, stream, versions, files, run: run.run, changed, clock },
        ids: new Set([...named, ...ids]),
      });
      await removeForgottenSince(prepared.lakeRoot, build, { forgotten, ids, clock });
      return { committed, counts, filtered, deleted };
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

/** Of some rows of a batch: their files, which no table has yet, and the ids of them. */
interface Written {
  counts: ChunkCounts;
  filtered: number;
  files: ReadonlyMap<BuildTable, readonly AddFile[]>;
  ids: ReadonlySet<string>;
}

interface BatchContext {
  name: string;
  forgotten: readonly string[];
}

function together(a: Written, b: Written): Written {
  const files = new Map(a.files);
  for (const [table, more] of b.files) files.set(table, [...(files.get(table) ?? []), ...more]);
  return {
    counts: addCounts(a.counts, b.counts),
    filtered: a.filtered + b.filtered,
    files,
    ids: new Set([...a.ids, ...b.ids]),
  };
}

function unprocessed(row: FeedRow, id: string, { code, message }: ThroughlineError): DeadLetter {
  return { step: 'transform', id: row[id] ?? null, code, message, payload: payloadOf(row) };
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
