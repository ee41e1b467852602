/** Runs due chunks through the engine, those that failed again after a while, and reports what became of each. */
import { OversleptError } from '../chunk/lease.ts';
import type { ChunkCounts, Ledger } from '../chunk/ledger.ts';
import { retryDelayMs } from '../chunk/retry.ts';
import { durationMs } from '../config/index.ts';
import type { ChunkOutcome, ChunkRunner } from '../engine/engine.ts';
import type { ThroughlineError } from '../error.ts';
import type { HttpStats } from '../http/index.ts';
import { Book, type FailedChunk, type Work } from './book.ts';

export interface Processed {
  ledger: Ledger;
  /** Counts of each chunk that this run has published. */
  published: ReadonlyMap<string, ChunkCounts>;
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
  const { effects, prepared, build, engine, claimant } = work;
  const { clock, signal, reporter } = effects;
  const book = new Book(opened, work);
  await using runner = await engine.openRunner({
    ...{ prepared, build, pipelineId: work.pipelineId, run: claimant.run, due: work.due },
    ...{ holding: work.holding, embedder: effects.embedder, clock, signal, reporter },
  });
  const published = new Map<string, ChunkCounts>();
  let failures = 0;
  const streak = openStreak(prepared.config.retry.inARow);
  try {
    for await (const outcome of rounds(book, runner, work)) {
      if (outcome.status === 'published') {
        published.set(outcome.chunk.id, outcome.counts);
        reporter.chunk(outcome.chunk, outcome.counts);
        await book.close(outcome.chunk, 'done', outcome.counts);
        streak.success();
      } else if (outcome.status === 'superseded') {
        reporter.warning(outcome.error.message);
        await book.supersede(outcome.chunk, outcome.error.message);
      } else {
        if (reporter.chunkFailed) reporter.chunkFailed(outcome.chunk, outcome.error);
        else if (++failures <= TOLD_FAILURES)
          reporter.warning(`${outcome.chunk.id} failed: ${outcome.error.message}`);
        await book.fail(outcome.chunk, outcome.error);
        streak.failure(outcome.chunk.id, outcome.error);
      }
    }
  } catch (error) {
    // What was finished is kept as far as the disk allows; the error itself must not be lost.
    await runner.keep().catch(() => {});
    await book.abandon(signal.aborted ? 'interrupted' : (error as Error).message).catch(() => {});
    throw error;
  }
  await book.flush();
  // Housekeeping: another run may be at it, and the next one does it too.
  await runner
    .tidy()
    .catch((error: Error) => reporter.info?.(`the cache of vectors was not tidied up: ${error.message}`));
  const doneElsewhere = await book.doneElsewhere();
  const failed = book.failed();
  return {
    ledger: book.ledger,
    published,
    failed,
    doneElsewhere,
    lost: work.due.length - published.size - doneElsewhere - failed.length,
    usage: runner.usage(),
  };
}

/**
 * All due chunks; then, round by round, those that failed and may succeed later, and those that other runs have given up.
 * A round ends with all of its own chunks published: runs that wait for each other hold nothing meanwhile.
 */
async function* rounds(book: Book, runner: ChunkRunner, { prepared }: Work): AsyncGenerator<ChunkOutcome> {
  const { attempts, wait } = prepared.config.retry;
  yield* runner.run(book.claims());
  for (let attempt = 1; ; ) {
    const again = attempt < attempts ? book.retryable() : [];
    if (again.length > 0) {
      const pauseMs = retryDelayMs(again[0]!.id, attempt++, durationMs(wait));
      yield* runner.run(book.claimsAgain(again, pauseMs));
    } else if (await book.waitForOthers()) yield* runner.run(book.claimsOfOthers());
    else return;
  }
}

/**
 * Throws when so many different chunks have failed with no success in between: then it is not the chunks. Chunks that one
 * error has met together are one failure.
 */
function openStreak(most: number) {
  const failed = new Set<string>();
  let last: ThroughlineError | undefined;
  return {
    success: () => failed.clear(),
    failure: (chunk: string, error: ThroughlineError) => {
      // Says nothing of the chunk, nor of the model.
      if (error instanceof OversleptError || error === last) return;
      last = error;
      if (failed.add(chunk).size >= most) throw error;
    },
  };
}
