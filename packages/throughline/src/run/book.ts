/** The ledger as one run writes it: what it claims, what becomes of it, and what it leaves to other runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Claimant, type ClaimRequest, claim } from '../chunk/claim.ts';
import { reachOf } from '../chunk/failure.ts';
import { type ChunkEvent, type Ledger, report, reread } from '../chunk/ledger.ts';
import type { ClaimedChunk, Engine, StagedChunk } from '../engine/engine.ts';
import type { ExitCode, ThroughlineError } from '../error.ts';
import type { Build } from '../lake/build.ts';
import { committedAttempt } from '../lake/publish.ts';
import type { Prepared } from './prepare.ts';
import type { RunEffects } from './run-effects.ts';
import { someOf } from './some-of.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface Work {
  engine: Engine;
  prepared: Prepared;
  build: Build;
  pipelineId: string;
  due: readonly StagedChunk[];
  claimant: Claimant;
  /** Aborted when the claims may have been taken over. */
  holding: () => AbortSignal;
  effects: RunEffects;
}

export interface FailedChunk {
  chunk: string;
  code: string;
  message: string;
  exitCode: ExitCode;
}

/** Reports wait for each other so long; they are only reports. */
const REPORT_CHUNKS = 16;

/** Chunks of one claim: one commit to the ledger for all of them. */
const CLAIM_CHUNKS = 16;
/** How often a run that has nothing else to do looks after the chunks that others hold. */
const LOOKS_A_LEASE = 20;

/** The ledger as this process writes it. A chunk is due -> claimed (open) -> closed, with a report of it. */
export class Book {
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
    const ours: ClaimedChunk[] = [];
    for (const staged of chunks) {
      const { id, rows, digest } = staged;
      const attempt = attempts.get(id);
      this.#failed.delete(id);
      if (attempt === undefined) this.#left.set(id, staged);
      else {
        this.#left.delete(id);
        const chunk = { id, rows, digest, attempt };
        // Before the first is given to the engine: an interruption gives all of them back.
        this.#open.set(id, chunk);
        ours.push(chunk);
      }
    }
    yield* ours;
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

  /** The chunks that failed, after a pause; those that are free are claimed for their next attempt. */
  async *claimsAgain(chunks: readonly StagedChunk[], pauseMs: number): AsyncGenerator<ClaimedChunk> {
    const { signal, reporter } = this.#work.effects;
    reporter.warning(
      `${chunks.length} chunks failed and are tried again in ${(pauseMs / 1000).toFixed(1)} s`,
    );
    await this.flush();
    await sleep(pauseMs, undefined, { signal });
    yield* this.#claim(chunks);
  }

  /** The chunks that failed and may succeed later. */
  retryable(): StagedChunk[] {
    return [...this.#failed.values()].flatMap(({ staged, error }) =>
      reachOf(error) === 'later' ? [staged] : [],
    );
  }

  async fail(chunk: ClaimedChunk, error: ThroughlineError): Promise<void> {
    const told = withoutSecrets(error, process.env);
    this.#failed.set(chunk.id, { staged: this.#staged(chunk), error: told });
    await this.close(chunk, 'failed', { error: told.message });
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
  return `waiting for ${held.length} chunks that another run works on: ${someOf(held.map(({ id }) => id))}`;
}
