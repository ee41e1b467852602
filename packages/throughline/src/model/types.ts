/** Which model to open. Plain data: it can be posted to a worker thread and digested. */
export interface ModelSpec {
  /** `minilm`: all-MiniLM-L6-v2, the default. `hash`: deterministic and without a model, for tests of scale. */
  readonly model: 'minilm' | 'hash';
  /** Only for `hash`: the length of a vector, 384 unless told. */
  readonly dimension?: number;
  /** Whether vectors get length 1; true unless told. */
  readonly normalize?: boolean;
  /** Worker threads, each with one single-threaded session; the number of cores unless told. Never changes a vector. */
  readonly threads?: number;
}

/** What is true of every vector that an embedder returns. */
export interface ModelInfo {
  readonly id: string;
  /** sha256 in hex over the model's files, the runtime and its version, and every setting that shapes a vector. */
  readonly digest: string;
  readonly dimension: number;
  /** The longest text that is embedded, in tokens, special tokens included. */
  readonly maxTokens: number;
  /** Put before every text of that kind; its tokens count towards `maxTokens`. */
  readonly queryPrefix: string;
  readonly passagePrefix: string;
  /** ISO 639-1 codes that the model was trained on; undefined when it does not depend on the language. */
  readonly languages: readonly string[] | undefined;
  readonly pricePerMillionTokens?: number;
}

/** Synchronous; loads once per thread and is usable in any of them. */
export interface Tokenizer {
  /** Tokens of the text alone, without the special ones. */
  count(text: string): number;
  /** Token ids with the special ones around them, never truncated. */
  encode(text: string): Int32Array;
  /** How many special tokens `encode` adds. */
  readonly specialTokens: number;
}

export type TextKind = 'passage' | 'query';

export interface EmbedOptions {
  /** Decides the prefix; `passage` unless told. */
  readonly kind?: TextKind;
  /** Rejects the call; what a worker has already begun is finished and thrown away. */
  readonly signal?: AbortSignal;
}

/**
 * Turns texts into vectors. Equal texts of one kind get bitwise equal vectors, whatever they are embedded with and
 * by whichever thread, as long as `info.digest` and the machine's instruction set stay the same.
 */
export interface Embedder extends AsyncDisposable {
  readonly info: ModelInfo;
  /**
   * Row i of the answer (`info.dimension` numbers from `i * info.dimension`) belongs to text i. Calls may be in flight
   * at once. Throws TextTooLongError for a text over `info.maxTokens`: texts are never cut silently.
   */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Float32Array>;
  /** Finishes what workers have begun, rejects the rest, and ends the threads. Idempotent. */
  close(): Promise<void>;
}
