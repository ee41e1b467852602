import { EmbedderStoppedError } from './errors.ts';
import { lengthQueue } from './length-queue.ts';
import { tooLong } from './text-failure.ts';
import type { EmbeddingThread } from './thread.ts';
import type { Embedded, Embedder, EmbedOptions, ModelInfo, TextFailure } from './types.ts';
import { vectorFault } from './vector.ts';

/** Measured best: larger batches fall out of the core's cache, smaller ones pay more per call. */
const BATCH_TOKENS = 256;
/** One batch in work and one behind it, so that a thread never waits for this one. */
const JOBS_PER_THREAD = 2;
/** How many texts are looked at together for equal lengths; callers with more wait. */
const WINDOW_TEXTS = 1024;
const TOKENIZE_TEXTS = 64;

interface Call {
  readonly texts: readonly string[];
  readonly prefix: string;
  readonly vectors: Float32Array;
  readonly failures: TextFailure[];
  /** The first text that is not in the window yet. */
  next: number;
  /** Texts with neither a vector nor a failure. */
  left: number;
  settled: boolean;
  readonly resolve: (embedded: Embedded) => void;
  readonly reject: (error: unknown) => void;
}

/** A text in the window. */
interface Pending {
  readonly call: Call;
  readonly index: number;
}

/**
 * Spreads the texts of many calls over threads. A text is, one after the other:
 * waiting (with its call) -> tokenizing (from here on in the window) -> ready (by length) -> embedding -> done.
 * The oldest ready text goes first, so no call starves; what a rejected call still has in the window is dropped.
 * The first crash of a thread stops the whole embedder: every call, then and later, is rejected with its cause.
 */
export class EmbeddingPool implements Embedder {
  readonly info: ModelInfo;
  readonly #threads: readonly EmbeddingThread[];
  readonly #calls = new Set<Call>();
  readonly #waiting: Call[] = [];
  readonly #ready = lengthQueue<Pending & { readonly ids: Int32Array }>();
  #window = 0;
  #stopped: EmbedderStoppedError | undefined;
  #closed: Promise<void> | undefined;

  constructor(info: ModelInfo, threads: readonly EmbeddingThread[]) {
    this.info = info;
    this.#threads = threads;
  }

  async embed(texts: readonly string[], options: EmbedOptions = {}): Promise<Embedded> {
    const { kind = 'passage', signal } = options;
    signal?.throwIfAborted();
    if (this.#stopped) throw this.#stopped;
    if (texts.length === 0) return { vectors: new Float32Array(0), failures: [] };
    const prefix = kind === 'query' ? this.info.queryPrefix : this.info.passagePrefix;
    const { promise, resolve, reject } = Promise.withResolvers<Embedded>();
    const vectors = new Float32Array(texts.length * this.info.dimension);
    const call: Call = {
      ...{ texts, prefix, vectors, failures: [], resolve, reject },
      ...{ next: 0, left: texts.length, settled: false },
    };
    const onAbort = () => this.#reject(call, signal!.reason);
    signal?.addEventListener('abort', onAbort);
    this.#calls.add(call);
    this.#waiting.push(call);
    // Not at once: the calls that are made together are looked at together.
    queueMicrotask(() => this.#schedule());
    return await promise.finally(() => signal?.removeEventListener('abort', onAbort));
  }

  /** Called by whoever sees a thread end by itself. */
  crashed(error: EmbedderStoppedError): void {
    this.#stop(error);
    void this.close();
  }

  close(): Promise<void> {
    this.#stop(new EmbedderStoppedError('the embedder was closed'));
    this.#closed ??= Promise.all(this.#threads.map((thread) => thread.close())).then(() => {});
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Gives every thread that has room its next job, the least busy first. */
  #schedule(): void {
    while (!this.#stopped) {
      const thread = this.#threads.reduce((a, b) => (b.load < a.load ? b : a));
      if (thread.load >= JOBS_PER_THREAD) return;
      if (!this.#tokenizeNext(thread) && !this.#embedNext(thread)) return;
    }
  }

  #tokenizeNext(thread: EmbeddingThread): boolean {
    const room = WINDOW_TEXTS - this.#window;
    if (room < TOKENIZE_TEXTS) return false;
    const items = this.#admit(TOKENIZE_TEXTS);
    if (items.length === 0) return false;
    const texts = items.map(({ call, index }) => call.prefix + call.texts[index]!);
    this.#work(items, thread.tokenize(texts), (encoded) => {
      for (const [i, item] of items.entries()) this.#makeReady(item, encoded[i]!);
    });
    return true;
  }

  /** Moves the next texts, of one call after the other, into the window. */
  #admit(count: number): Pending[] {
    const items: Pending[] = [];
    while (items.length < count && this.#waiting.length > 0) {
      const call = this.#waiting[0]!;
      if (call.next === call.texts.length) this.#waiting.shift();
      else items.push({ call, index: call.next++ });
    }
    this.#window += items.length;
    return items;
  }

  #makeReady(item: Pending, ids: Int32Array): void {
    const { maxTokens } = this.info;
    if (ids.length <= maxTokens && !item.call.settled) {
      this.#ready.push(ids.length, { ...item, ids });
      return;
    }
    this.#window--;
    if (ids.length > maxTokens) this.#fail(item, tooLong(item.index, ids.length, maxTokens));
  }

  #embedNext(thread: EmbeddingThread): boolean {
    const batch = this.#ready.take(BATCH_TOKENS);
    if (!batch) return false;
    const ids = new Int32Array(batch.items.length * batch.length);
    for (const [row, item] of batch.items.entries()) ids.set(item.ids, row * batch.length);
    this.#work(batch.items, thread.embed(ids, batch.items.length), (vectors) => {
      this.#window -= batch.items.length;
      for (const [row, item] of batch.items.entries())
        this.#deliver(item, vectors, row * this.info.dimension);
    });
    return true;
  }

  #deliver(item: Pending, vectors: Float32Array, offset: number): void {
    const { call, index } = item;
    const { dimension } = this.info;
    const fault = vectorFault(vectors, offset, dimension);
    if (fault === undefined) {
      call.vectors.set(vectors.subarray(offset, offset + dimension), index * dimension);
      this.#done(call);
    } else this.#fail(item, { index, code: 'bad_vector', message: `the vector ${fault}` });
  }

  #fail({ call, index }: Pending, failure: TextFailure): void {
    const { dimension } = this.info;
    call.vectors.fill(Number.NaN, index * dimension, (index + 1) * dimension);
    call.failures.push(failure);
    this.#done(call);
  }

  #done(call: Call): void {
    call.left--;
    if (call.left > 0) return;
    const { vectors, failures } = call;
    failures.sort((a, b) => a.index - b.index);
    this.#settle(call, () => call.resolve({ vectors, failures }));
  }

  /** A job that fails rejects the calls whose texts it held, and no others. */
  #work<T>(items: readonly Pending[], job: Promise<T>, done: (answer: T) => void): void {
    job
      .then(done, (error) => {
        this.#window -= items.length;
        for (const { call } of items) this.#reject(call, error);
      })
      .then(() => this.#schedule());
  }

  #reject(call: Call, error: unknown): void {
    this.#settle(call, () => {
      const waiting = this.#waiting.indexOf(call);
      if (waiting >= 0) this.#waiting.splice(waiting, 1);
      call.reject(error);
      this.#window -= this.#ready.drop((item) => item.call === call);
      this.#schedule();
    });
  }

  #settle(call: Call, how: () => void): void {
    if (call.settled) return;
    call.settled = true;
    this.#calls.delete(call);
    how();
  }

  #stop(error: EmbedderStoppedError): void {
    this.#stopped ??= error;
    for (const call of this.#calls) this.#reject(call, this.#stopped);
  }
}
