import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { EmbedderStoppedError, ModelLoadError } from './errors.ts';
import type { Answer, Job, ThreadSettings } from './protocol.ts';

/** One embedding thread, seen from the outside. Jobs are answered in their order; every job is answered or rejected. */
export interface EmbeddingThread {
  /** Jobs handed over and not answered yet. */
  readonly load: number;
  /** Token ids of each text, special tokens included. */
  tokenize(texts: readonly string[]): Promise<Int32Array[]>;
  /** Vectors of `rows` texts of equal length, whose ids lie one after the other. `ids` is given away. */
  embed(ids: Int32Array, rows: number): Promise<Float32Array>;
  /** Resolves when the thread has answered what it holds and has ended. Idempotent. */
  close(): Promise<void>;
}

/** Starts a thread and resolves once its model is loaded; throws ModelLoadError. `onCrash` hears of an end that nobody asked for. */
export async function startThread(
  settings: ThreadSettings,
  onCrash: (error: EmbedderStoppedError) => void,
  entry = new URL('./worker.ts', import.meta.url),
): Promise<EmbeddingThread> {
  // Flags such as --input-type, meant for the main program, would stop the thread from loading.
  const worker = new Worker(entry, { workerData: settings, execArgv: [] });
  const failed = once(worker, 'exit').then(([code]) => {
    throw new Error(`the thread exited with code ${code}`);
  });
  try {
    await Promise.race([once(worker, 'message'), failed]);
  } catch (error) {
    throw new ModelLoadError(settings.model, (error as Error).message, error);
  }
  failed.catch(() => {});
  return new WorkerThread(worker, onCrash);
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * running -> closing (close was called) -> ended (the worker exited)
 * running -> ended (the worker threw or exited by itself: what waits is rejected, `onCrash` is called once)
 * While nothing waits, the thread does not keep the process alive.
 */
class WorkerThread implements EmbeddingThread {
  readonly #worker: Worker;
  readonly #onCrash: (error: EmbedderStoppedError) => void;
  readonly #ended: Promise<void>;
  readonly #waiting: Waiting[] = [];
  #state: 'running' | 'closing' | 'ended' = 'running';
  #cause: Error | undefined;

  constructor(worker: Worker, onCrash: (error: EmbedderStoppedError) => void) {
    this.#worker = worker;
    this.#onCrash = onCrash;
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (error: Error) => {
      this.#cause = error;
    });
    this.#ended = new Promise((resolve) => {
      worker.on('exit', (code) => {
        this.#end(code);
        resolve();
      });
    });
    // Last: a listener for messages keeps the process alive again.
    worker.unref();
  }

  get load(): number {
    return this.#waiting.length;
  }

  async tokenize(texts: readonly string[]): Promise<Int32Array[]> {
    const answer = await this.#ask({ type: 'tokenize', texts }, []);
    if (answer.type !== 'tokenized') throw unexpected(answer);
    let at = 0;
    return Array.from(answer.lengths, (length) => {
      at += length;
      return answer.ids.subarray(at - length, at);
    });
  }

  async embed(ids: Int32Array, rows: number): Promise<Float32Array> {
    const answer = await this.#ask({ type: 'embed', ids, rows }, [ids.buffer as ArrayBuffer]);
    if (answer.type !== 'embedded') throw unexpected(answer);
    return answer.vectors;
  }

  close(): Promise<void> {
    if (this.#state === 'running') {
      this.#state = 'closing';
      this.#worker.ref();
      this.#worker.postMessage({ type: 'close' } satisfies Job);
    }
    return this.#ended;
  }

  #ask(job: Job, transfer: readonly ArrayBuffer[]): Promise<Answer> {
    if (this.#state !== 'running') return Promise.reject(this.#stopped());
    return new Promise((resolve, reject) => {
      this.#worker.postMessage(job, transfer);
      this.#worker.ref();
      this.#waiting.push({ resolve, reject });
    });
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0 && this.#state === 'running') this.#worker.unref();
    if (answer.type === 'failed') waiting?.reject(new Error(answer.message));
    else waiting?.resolve(answer);
  }

  #end(code: number): void {
    const crashed = this.#state === 'running' || this.#cause !== undefined;
    this.#cause ??= crashed ? new Error(`the thread exited with code ${code}`) : undefined;
    this.#state = 'ended';
    for (const { reject } of this.#waiting.splice(0)) reject(this.#stopped());
    if (crashed) this.#onCrash(this.#stopped());
  }

  #stopped(): EmbedderStoppedError {
    if (this.#cause) return new EmbedderStoppedError(`a thread ended: ${this.#cause.message}`, this.#cause);
    return new EmbedderStoppedError('the embedder was closed');
  }
}

function unexpected(answer: Answer): Error {
  return new Error(`an embedding thread answered "${answer.type}" to another job`);
}
