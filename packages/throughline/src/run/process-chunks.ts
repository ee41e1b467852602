/** Runs due chunks through the engine, those that failed again after a while, and reports what became of each. */
import { OversleptError } from '../chunk/lease.ts';
import type { ChunkCounts, Ledger } from '../chunk/ledger.ts';
import { retryDelayMs } from '../chunk/retry.ts';
import { durationMs, sizeBytes } from '../config/index.ts';
import { createEmbedBatch } from '../engine/local/embed-batch.ts';
import { type ChunkOutcome, type LocalRun, runChunks } from '../engine/local/run-chunks.ts';
import type { ThroughlineError } from '../error.ts';
import { type HttpStats, openEventLog } from '../http/index.ts';
import { openVectorCache } from '../lake/vectors.ts';
import { createMapper } from '../mapper/mapper.ts';
import { loadTokenizer, openEmbedder } from '../model/index.ts';
import { Book, type FailedChunk, type Work } from './book.ts';

export interface Processed {
  ledger: Ledger;
  published: ChunkCounts[];
  /** Chunks whose last attempt of this run failed. */
  failed: FailedChunk[];
  /** Due chunks that another run has done in the meantime. */
  doneElsewhere: number;
  /** Due chunks that another run still holds. */
  lost: number;
  /** What was asked of a model's server; undefined for a model of this machine. */
  usage: HttpStats | undefined;
}

/** Attempts whose failure is told as it comes; the result names every chunk that failed. */
const TOLD_FAILURES = 10;

/**
 * Claims due chunks and runs them, and those that failed again after a while, up to `retry.attempts` times. Throws what
 * ends the run early; finished vectors, published chunks and their reports are kept.
 */
export async function processChunks(opened: Ledger, work: Work): Promise<Processed> {
  const { effects, prepared, build, session, claimant } = work;
  const { clock, signal, reporter } = effects;
  const book = new Book(opened, work);
  const log = openEventLog(reporter, () => performance.now());
  await using embedder = await openEmbedder(prepared.spec, log.event);
  const cache = await openVectorCache(
    prepared.lakeRoot,
    prepared.model.digest,
    prepared.model.dimension,
    session.connect,
    clock,
    { keepAtOnce: prepared.model.costly === true },
  );
  const [dead_letters, records, passages] = [
    await session.connect(),
    await session.connect(),
    await session.connect(),
  ];
  const local: LocalRun = {
    session,
    connections: { dead_letters, records, passages },
    build,
    config: prepared.config,
    pipelineId: work.pipelineId,
    run: claimant.run,
    mapper: createMapper(
      prepared.config,
      prepared.mapping,
      prepared.model,
      await loadTokenizer(prepared.spec),
    ),
    // What costs nothing is not worth an attempt: it goes on, and its commit decides.
    embed: createEmbedBatch(embedder, cache, signal, prepared.model.costly ? work.holding : undefined),
    callTexts: prepared.model.batch,
    clock,
    signal,
    onRows: (rows: number) => reporter.rows(rows),
  };
  const published: ChunkCounts[] = [];
  let failures = 0;
  const streak = openStreak(prepared.config.retry.inARow);
  try {
    for await (const outcome of rounds(book, local, work)) {
      if (outcome.status === 'published') {
        published.push(outcome.counts);
        reporter.chunk(outcome.chunk, outcome.counts);
        await book.close(outcome.chunk, 'done', outcome.counts);
        streak.success();
      } else if (outcome.status === 'superseded') {
        reporter.warning(outcome.error.message);
        await book.supersede(outcome.chunk, outcome.error.message);
      } else {
        if (++failures <= TOLD_FAILURES)
          reporter.warning(`${outcome.chunk.id} failed: ${outcome.error.message}`);
        await book.fail(outcome.chunk, outcome.error);
        streak.failure(outcome.chunk.id, outcome.error);
      }
    }
  } catch (error) {
    // What was finished is kept as far as the disk allows; the error itself must not be lost.
    await cache.flush().catch(() => {});
    await book.abandon(signal.aborted ? 'interrupted' : (error as Error).message).catch(() => {});
    throw error;
  } finally {
    log.flush();
  }
  await book.flush();
  // Housekeeping: another run may be at it, and the next one does it too.
  await cache
    .compact(sizeBytes(prepared.config.vectors.maxSize))
    .catch((error: Error) => reporter.info?.(`the cache of vectors was not tidied up: ${error.message}`));
  const doneElsewhere = await book.doneElsewhere();
  const failed = book.failed();
  return {
    ledger: book.ledger,
    published,
    failed,
    doneElsewhere,
    lost: work.due.length - published.length - doneElsewhere - failed.length,
    usage: embedder.usage?.(),
  };
}

/**
 * All due chunks; then, round by round, those that failed and may succeed later, and those that other runs have given up.
 * A round ends with all of its own chunks published: runs that wait for each other hold nothing meanwhile.
 */
async function* rounds(book: Book, local: LocalRun, { prepared }: Work): AsyncGenerator<ChunkOutcome> {
  const { attempts, wait } = prepared.config.retry;
  yield* runChunks(book.claims(), local);
  for (let attempt = 1; ; ) {
    const again = attempt < attempts ? book.retryable() : [];
    if (again.length > 0) {
      const pauseMs = retryDelayMs(again[0]!.id, attempt++, durationMs(wait));
      yield* runChunks(book.claimsAgain(again, pauseMs), local);
    } else if (await book.waitForOthers()) yield* runChunks(book.claimsOfOthers(), local);
    else return;
  }
}

/** Throws when so many different chunks have failed with no success in between: then it is not the chunks. */
function openStreak(most: number) {
  const failed = new Set<string>();
  return {
    success: () => failed.clear(),
    failure: (chunk: string, error: ThroughlineError) => {
      // Says nothing of the chunk, nor of the model.
      if (error instanceof OversleptError) return;
      if (failed.add(chunk).size >= most) throw error;
    },
  };
}
