import { EXIT, ThroughlineError } from '../error.ts';

/** A text has more tokens than the model takes. It is a bug of the caller: texts are split before they are embedded. */
export class TextTooLongError extends ThroughlineError {
  /** Position of the text in the call. */
  readonly index: number;
  /** Its tokens, special tokens and prefix included. */
  readonly tokens: number;
  readonly maxTokens: number;

  constructor(index: number, tokens: number, maxTokens: number) {
    super(`text ${index} has ${tokens} tokens and the model takes ${maxTokens}`, {
      code: 'text_too_long',
      exitCode: EXIT.badData,
      hint: 'Split texts into passages, or choose `split: { mode: truncate }`.',
    });
    this.name = 'TextTooLongError';
    this.index = index;
    this.tokens = tokens;
    this.maxTokens = maxTokens;
  }
}

/** The model returned something that is not a usable vector. */
export class BadVectorError extends ThroughlineError {
  /** Position of the text in the call. */
  readonly index: number;

  constructor(index: number, reason: string) {
    super(`the vector of text ${index} ${reason}`, {
      code: 'bad_vector',
      exitCode: EXIT.internal,
      hint: 'Run again. If it stays, the machine or its memory computes wrongly: try another one.',
    });
    this.name = 'BadVectorError';
    this.index = index;
  }
}

/** The embedder was closed, or one of its threads ended, before a text was embedded. */
export class EmbedderStoppedError extends ThroughlineError {
  constructor(reason: string, cause?: unknown) {
    super(`embedding stopped: ${reason}`, {
      code: 'embedder_stopped',
      exitCode: EXIT.tryAgain,
      hint: 'Open a new embedder and embed the same texts again: nothing of them was kept.',
      cause,
    });
    this.name = 'EmbedderStoppedError';
  }
}

/** The model's files are absent, damaged, or cannot be loaded. */
export class ModelLoadError extends ThroughlineError {
  constructor(model: string, reason: string, cause?: unknown) {
    super(`cannot load the model "${model}": ${reason}`, {
      code: 'model_load',
      exitCode: EXIT.noInput,
      hint: 'Install the packages again with `npm ci`.',
      cause,
    });
    this.name = 'ModelLoadError';
  }
}
