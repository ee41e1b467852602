/** Texts that a model does not embed, as data and, for callers with one text, as an error. */
import { EXIT, ThroughlineError } from '../error.ts';
import type { Embedder, EmbedOptions, TextFailure } from './types.ts';

/** `tokens` with the special tokens and the prefix. */
export function tooLong(index: number, tokens: number, maxTokens: number): TextFailure {
  return {
    index,
    code: 'text_too_long',
    message: `the text has ${tokens} tokens and the model takes ${maxTokens}`,
  };
}

/** The vectors of `texts`, one after the other. Throws with exit code 65 if one of them cannot be embedded. */
export async function embedAll(
  embedder: Embedder,
  texts: readonly string[],
  options?: EmbedOptions,
): Promise<Float32Array> {
  const { vectors, failures, error } = await embedder.embed(texts, options);
  if (error) throw error;
  if (failures[0]) throw new NotEmbeddedError(failures[0]);
  return vectors;
}

class NotEmbeddedError extends ThroughlineError {
  readonly failure: TextFailure;

  constructor(failure: TextFailure) {
    super(`text ${failure.index}: ${failure.message}`, {
      code: failure.code,
      exitCode: EXIT.badData,
      hint: 'Choose another text, or another model.',
    });
    this.name = 'NotEmbeddedError';
    this.failure = failure;
  }
}
