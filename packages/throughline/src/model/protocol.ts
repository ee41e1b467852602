import type { ModelInfo, Pooling } from './types.ts';

/** A model that is described and not open yet. */
export interface OnnxModel {
  readonly info: ModelInfo;
  readonly settings: ThreadSettings;
}

/**
 * What passes between an embedder and one of its threads. A thread answers every job once, in the order of the jobs.
 * Arrays of numbers are transferred, not copied.
 */
export interface ThreadSettings {
  readonly model: string;
  /** Absolute path of the folder with the tokenizer's files. */
  readonly directory: string;
  /** Absolute path of the model. */
  readonly file: string;
  readonly dimension: number;
  readonly pooling: Pooling;
  readonly normalize: boolean;
}

export type Job =
  | { readonly type: 'tokenize'; readonly texts: readonly string[] }
  /** `rows` texts of equal length, one after the other. */
  | { readonly type: 'embed'; readonly ids: Int32Array; readonly rows: number }
  /** Ends the thread after the jobs before it. */
  | { readonly type: 'close' };

export type Answer =
  | { readonly type: 'ready' }
  /** `lengths[i]` token ids of text i, special tokens included, one text after the other. */
  | { readonly type: 'tokenized'; readonly ids: Int32Array; readonly lengths: Int32Array }
  | { readonly type: 'embedded'; readonly vectors: Float32Array }
  | { readonly type: 'failed'; readonly message: string };
