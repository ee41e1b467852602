/** Claims due chunks, runs them through the engine, and reports what became of each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Claimant, type ClaimRequest, claim } from '../chunk/claim.ts';
import { reachOf } from '../chunk/failure.ts';
import { type ChunkCounts, type ChunkEvent, type Ledger, report, reread } from '../chunk/ledger.ts';
import { retryDelayMs } from '../chunk/retry.ts';
import { durationMs, sizeBytes } from '../config/index.ts';
import { createEmbedBatch } from '../engine/local/embed-batch.ts';
import {
  type ChunkOutcome,
  type ClaimedChunk,
  type LocalRun,
  runChunks,
} from '../engine/local/run-chunks.ts';
import type { Session } from '../engine/local/session.ts';
import type { StagedChunk } from '../engine/local/stage.ts';
import type { ExitCode, ThroughlineError } from '../error.ts';
import { type HttpStats, openEventLog } from '../http/index.ts';
import type { Build } from '../lake/build.ts';
import { committedAttempt } from '../lake/publish.ts';
import { openVectorCache } from '../lake/vectors.ts';
import { createMapper } from '../mapper/mapper.ts';
import { loadTokenizer, openEmbedder } from '../model/index.ts';
import type { Prepared } from './prepare.ts';
import type { RunEffects } from './run.ts';

export interface Work {
  session: Session;
  prepared: Prepared;
  build: Build;
  pipelineId: string;
  due: readonly StagedChunk[];
  claimant: Claimant;
  effects: RunEffects;
}

export interface FailedChunk {
  chunk: string;
  code: string;
  message: string;
  exitCode: ExitCode;
}

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
    book.lakeRoot,
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
    embed: createEmbedBatch(embedder, cache, signal),
    callTexts: prepared.model.batch,
    clock,
    signal,
    onRows: (rows: number) => reporter.rows(rows),
  };
  const published: ChunkCounts[] = [];
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
        reporter.warning(`${outcome.chunk.id}: attempt ${outcome.chunk.attempt}: ${outcome.error.message}`);
        await book.fail(outcome.chunk, outcome.error);
        streak.failure(outcome.error);
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
  await cache.compact(sizeBytes(prepared.config.vectors.maxSize));
  await book.flush();
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
    const again = attempt < attempts ? book.retryable(attempt, durationMs(wait)) : [];
    if (again.length > 0) {
      attempt++;
      yield* runChunks(book.claimsAgain(again), local);
    } else if (await book.waitForOthers()) yield* runChunks(book.claimsOfOthers(), local);
    else return;
  }
}

/** Throws when so many chunks have failed one after the other: then it is not the chunks. */
function openStreak(most: number) {
  let failures = 0;
  return {
    success: () => {
      failures = 0;
    },
    failure: (error: ThroughlineError) => {
      if (++failures >= most) throw error;
    },
  };
}

/** Reports wait for each other so long; they are only reports. */
const REPORT_CHUNKS = 16;

/** Chunks of one claim: one commit to the ledger for all of them. */
const CLAIM_CHUNKS = 16;
/** How often a run that has nothing else to do looks after the chunks that others hold. */
const LOOKS_A_LEASE = 20;

interface Retry {
  staged: StagedChunk;
  delayMs: number;
}

/** The ledger as this process writes it. A chunk is due -> claimed (open) -> closed, with a report of it. */
class Book {
  ledger: Ledger;
  readonly #work: Work;
  readonly #open = new Map<string, ClaimedChunk>();
  /** The last attempt of each chunk when the work was planned. */
  readonly #seen: ReadonlyMap<string, number>;
  /** Chunks that were left to other runs. */
  readonly #left = new Map<string, StagedChunk>();
  readonly #failed = new Map<string, { staged: StagedChunk; error: ThroughlineError }>();
  #reports: ChunkEvent[] = [];
  /** Whether it was told that this run waits for others. */
  #waiting = false;

  constructor(ledger: Ledger, work: Work) {
    this.ledger = ledger;
    this.#work = work;
    this.#seen = new Map([...ledger.states].map(([chunk, { attempt }]) => [chunk, attempt]));
  }

  get lakeRoot(): string {
    return this.#work.prepared.lakeRoot;
  }

  /** Claims as the engine asks for more. What another run holds is left to it. */
  async *claims(): AsyncGenerator<ClaimedChunk> {
    const { due } = this.#work;
    for (let i = 0; i < due.length; i += CLAIM_CHUNKS) {
      yield* this.#claim(due.slice(i, i + CLAIM_CHUNKS));
    }
  }

  /** Of the chunks that were left to other runs, those that are free now. */
  async *claimsOfOthers(): AsyncGenerator<ClaimedChunk> {
    yield* this.#claim(await this.#heldElsewhere());
  }

  /** A part of a lease, if other runs still hold chunks; false at once if none does. The other runs see what is done here. */
  async waitForOthers(): Promise<boolean> {
    const { effects, claimant } = this.#work;
    await this.flush();
    const held = await this.#heldElsewhere();
    if (held.length === 0) return false;
    if (!this.#waiting) effects.reporter.warning(waitingMessage(held));
    this.#waiting = true;
    await sleep(claimant.leases.leaseMs / LOOKS_A_LEASE, undefined, { signal: effects.signal });
    return true;
  }

  /** Those that are free are ours from now on; the others are left to other runs. */
  async *#claim(chunks: readonly StagedChunk[]): AsyncGenerator<ClaimedChunk> {
    const { pipelineId, build, claimant, effects } = this.#work;
    effects.signal.throwIfAborted();
    const requests = chunks.map(
      ({ id, digest }): ClaimRequest => ({
        chunk: id,
        digest,
        committed: committedAttempt(pipelineId, build, id),
        seen: this.#seen.get(id) ?? 0,
      }),
    );
    const { ledger, attempts } = await claim(this.ledger, requests, claimant);
    this.ledger = ledger;
    for (const staged of chunks) {
      const attempt = attempts.get(staged.id);
      if (attempt === undefined) {
        this.#left.set(staged.id, staged);
        this.#failed.delete(staged.id);
        continue;
      }
      this.#left.delete(staged.id);
      this.#failed.delete(staged.id);
      const { id, rows, digest } = staged;
      const chunk = { id, rows, digest, attempt };
      this.#open.set(id, chunk);
      yield chunk;
    }
  }

  /** Of the chunks that were left to other runs, those that are not done yet. */
  async #heldElsewhere(): Promise<StagedChunk[]> {
    if (this.#left.size === 0) return [];
    this.ledger = await reread(this.ledger);
    return [...this.#left.values()].filter((chunk) => !this.#isDone(chunk));
  }

  #isDone({ id, digest }: { id: string; digest: string }): boolean {
    const last = this.ledger.states.get(id)?.last;
    return last?.event === 'done' && last.digest === digest;
  }

  /** The chunks that failed, each after its pause; free ones are claimed for their next attempt. */
  async *claimsAgain(chunks: readonly Retry[]): AsyncGenerator<ClaimedChunk> {
    const { signal, reporter } = this.#work.effects;
    reporter.warning(`${chunks.length} chunks failed and are tried again`);
    await this.flush();
    const started = performance.now();
    for (const { staged, delayMs } of chunks) {
      const leftMs = started + delayMs - performance.now();
      if (leftMs > 0) await sleep(leftMs, undefined, { signal });
      yield* this.#claim([staged]);
    }
  }

  /** The chunks that failed and may succeed later, those with the shortest pause first. */
  retryable(attempt: number, waitMs: number): Retry[] {
    const chunks = [...this.#failed.values()].filter(({ error }) => reachOf(error) === 'later');
    return chunks
      .map(({ staged }) => ({ staged, delayMs: retryDelayMs(staged.id, attempt, waitMs) }))
      .sort((a, b) => a.delayMs - b.delayMs);
  }

  async fail(chunk: ClaimedChunk, error: ThroughlineError): Promise<void> {
    this.#failed.set(chunk.id, { staged: this.#staged(chunk), error });
    await this.close(chunk, 'failed', { error: error.message });
  }

  /** Chunks whose last attempt failed and that nobody has done since. */
  failed(): FailedChunk[] {
    return [...this.#failed].map(([chunk, { error }]) => {
      const { code, message, exitCode } = error;
      return { chunk, code, message, exitCode };
    });
  }

  #staged({ id }: ClaimedChunk): StagedChunk {
    return this.#work.due.find((staged) => staged.id === id)!;
  }

  /** Another run took the chunk over, while this one was thought to be gone, and has published it. */
  async supersede(chunk: ClaimedChunk, error: string): Promise<void> {
    this.#left.set(chunk.id, this.#staged(chunk));
    await this.close(chunk, 'failed', { error });
  }

  async close(chunk: ClaimedChunk, event: 'done' | 'failed', rest: Partial<ChunkEvent>): Promise<void> {
    const { claimant } = this.#work;
    this.#open.delete(chunk.id);
    this.#reports.push({
      chunk: chunk.id,
      attempt: chunk.attempt,
      event,
      owner: claimant.owner,
      run: claimant.run,
      at: claimant.clock.now(),
      digest: chunk.digest,
      ...rest,
    });
    if (this.#reports.length >= REPORT_CHUNKS) await this.flush();
  }

  /** How many of the chunks that were left to other runs are done by now. */
  async doneElsewhere(): Promise<number> {
    const held = await this.#heldElsewhere();
    return this.#left.size - held.length;
  }

  /** Gives back what is claimed and not published. */
  async abandon(error: string): Promise<void> {
    for (const chunk of [...this.#open.values()]) await this.close(chunk, 'failed', { error });
    await this.flush();
  }

  async flush(): Promise<void> {
    const events = this.#reports;
    this.#reports = [];
    this.ledger = await report(this.ledger, events, this.#work.claimant.clock);
  }
}

function waitingMessage(held: readonly StagedChunk[]): string {
  const some = held.slice(0, 3).map(({ id }) => id);
  return `waiting for ${held.length} chunks that another run works on: ${some.join(', ')}${held.length > 3 ? ', ...' : ''}`;
}
