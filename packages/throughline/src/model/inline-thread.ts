import { type Encoder, openEncoder } from './encoder.ts';
import { EmbedderStoppedError, ModelLoadError } from './errors.ts';
import type { ThreadSettings } from './protocol.ts';
import type { EmbeddingThread } from './thread.ts';

/** An embedding thread that is the calling one: while a batch is computed, nothing else happens. Throws ModelLoadError. */
export async function openInlineThread(settings: ThreadSettings): Promise<EmbeddingThread> {
  const encoder = await openEncoder(settings).catch((error) => {
    throw new ModelLoadError(settings.model, error.message, error);
  });
  return new InlineThread(encoder);
}

/** open -> closed (close was called: jobs before it are answered, later ones rejected, then the model is released) */
class InlineThread implements EmbeddingThread {
  readonly #encoder: Encoder;
  #queue: Promise<unknown> = Promise.resolve();
  #load = 0;
  #closed: Promise<void> | undefined;

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
  }

  get load(): number {
    return this.#load;
  }

  tokenize(texts: readonly string[]): Promise<Int32Array[]> {
    return this.#run(() => this.#encoder.tokenize(texts));
  }

  embed(ids: Int32Array, rows: number): Promise<Float32Array> {
    return this.#run(() => this.#encoder.embed(ids, rows));
  }

  close(): Promise<void> {
    this.#closed ??= this.#queue.then(() => this.#encoder.release());
    return this.#closed;
  }

  async #run<T>(job: () => T | Promise<T>): Promise<T> {
    if (this.#closed) throw new EmbedderStoppedError('the embedder was closed');
    this.#load++;
    const answer = this.#queue.then(job).finally(() => {
      this.#load--;
    });
    this.#queue = answer.catch(() => {});
    return await answer;
  }
}
