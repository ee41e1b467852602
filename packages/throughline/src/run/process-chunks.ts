/** Claims due chunks, runs them through the engine, and reports what became of each. */
import {
  type ChunkCounts,
  type ChunkEvent,
  type Claimant,
  claim,
  type Ledger,
  report,
  reread,
} from '../chunk/ledger.ts';
import { createEmbedBatch } from '../engine/local/embed-batch.ts';
import { type ClaimedChunk, runChunks } from '../engine/local/run-chunks.ts';
import type { Session } from '../engine/local/session.ts';
import type { StagedChunk } from '../engine/local/stage.ts';
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

export interface Processed {
  ledger: Ledger;
  published: ChunkCounts[];
  /** Due chunks that another run has done in the meantime. */
  doneElsewhere: number;
  /** Due chunks that another run still holds. */
  lost: number;
}

/** Reports wait for each other so long; they are only reports. */
const REPORT_CHUNKS = 16;

/** Throws what ended the work early; finished vectors, published chunks and their reports are kept. */
export async function processChunks(opened: Ledger, work: Work): Promise<Processed> {
  const { effects, prepared, build, session, claimant } = work;
  const { clock, signal, reporter } = effects;
  const book = new Book(opened, work);
  await using embedder = await openEmbedder(prepared.spec);
  const cache = await openVectorCache(
    book.lakeRoot,
    prepared.model.digest,
    prepared.model.dimension,
    session.connect,
    clock,
  );
  const [dead_letters, records, passages] = [
    await session.connect(),
    await session.connect(),
    await session.connect(),
  ];
  const local = {
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
    clock,
    signal,
    onRows: (rows: number) => reporter.rows(rows),
  };
  const published: ChunkCounts[] = [];
  try {
    for await (const outcome of runChunks(book.claims(), local)) {
      if (outcome.status === 'published') {
        published.push(outcome.counts);
        reporter.chunk(outcome.chunk, outcome.counts);
        await book.close(outcome.chunk, 'done', outcome.counts);
      } else {
        reporter.warning(outcome.error.message);
        await book.close(outcome.chunk, 'failed', { error: outcome.error.message });
      }
    }
  } catch (error) {
    // What was finished is kept as far as the disk allows; the error itself must not be lost.
    await cache.flush().catch(() => {});
    await book.abandon(signal.aborted ? 'interrupted' : (error as Error).message).catch(() => {});
    throw error;
  }
  await cache.flush();
  await book.flush();
  const doneElsewhere = await book.doneElsewhere();
  return {
    ledger: book.ledger,
    published,
    doneElsewhere,
    lost: work.due.length - published.length - doneElsewhere,
  };
}

/** Chunks of one claim: one commit to the ledger for all of them. */
const CLAIM_CHUNKS = 16;

/** The ledger as this process writes it. A chunk is due -> claimed (open) -> closed, with a report of it. */
class Book {
  ledger: Ledger;
  readonly #work: Work;
  readonly #open = new Map<string, ClaimedChunk>();
  /** The last attempt of each chunk when the work was planned. */
  readonly #seen: ReadonlyMap<string, number>;
  /** Chunks that were left to other runs. */
  readonly #left: { id: string; digest: string }[] = [];
  #reports: ChunkEvent[] = [];

  constructor(ledger: Ledger, work: Work) {
    this.ledger = ledger;
    this.#work = work;
    this.#seen = new Map([...ledger.states].map(([chunk, { attempt }]) => [chunk, attempt]));
  }

  get lakeRoot(): string {
    return this.#work.prepared.lakeRoot;
  }

  /** Claims as the engine asks for more; what another run holds is left out. */
  async *claims(): AsyncGenerator<ClaimedChunk> {
    const { due, pipelineId, build, claimant, effects } = this.#work;
    for (let i = 0; i < due.length; i += CLAIM_CHUNKS) {
      effects.signal.throwIfAborted();
      const group = due.slice(i, i + CLAIM_CHUNKS);
      const requests = group.map(({ id, digest }) => ({
        chunk: id,
        digest,
        committed: committedAttempt(pipelineId, build, id),
        seen: this.#seen.get(id) ?? 0,
      }));
      const { ledger, attempts, done } = await claim(this.ledger, requests, claimant);
      this.ledger = ledger;
      for (const { id, rows, digest } of group) {
        const attempt = attempts.get(id);
        if (attempt === undefined) {
          this.#left.push({ id, digest });
          if (!done.has(id)) effects.reporter.warning(`${id}: another run is working on it`);
          continue;
        }
        const chunk = { id, rows, digest, attempt };
        this.#open.set(id, chunk);
        yield chunk;
      }
    }
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
    if (this.#left.length === 0) return 0;
    this.ledger = await reread(this.ledger);
    const { states } = this.ledger;
    return this.#left.filter(({ id, digest }) => {
      const last = states.get(id)?.last;
      return last?.event === 'done' && last.digest === digest;
    }).length;
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
