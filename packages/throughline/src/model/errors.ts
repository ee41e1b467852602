/** A text has more tokens than the model takes. Split it first, or choose `split: { mode: truncate }`. */
export class TextTooLongError extends Error {
  readonly code = 'TEXT_TOO_LONG';
  override readonly name = 'TextTooLongError';
  /** Position of the text in the call. */
  readonly index: number;
  /** Its tokens, special tokens and prefix included. */
  readonly tokens: number;
  readonly maxTokens: number;

  constructor(index: number, tokens: number, maxTokens: number) {
    super(
      `text ${index} has ${tokens} tokens and the model takes ${maxTokens}; split it into passages before embedding`,
    );
    this.index = index;
    this.tokens = tokens;
    this.maxTokens = maxTokens;
  }
}

/** The model returned something that is not a usable vector. */
export class BadVectorError extends Error {
  readonly code = 'BAD_VECTOR';
  override readonly name = 'BadVectorError';
  /** Position of the text in the call. */
  readonly index: number;

  constructor(index: number, reason: string) {
    super(`the vector of text ${index} ${reason}; check the model's files with \`throughline doctor\``);
    this.index = index;
  }
}

/** The embedder was closed, or a worker ended, before a text was embedded. The texts can be embedded again. */
export class EmbedderStoppedError extends Error {
  readonly code = 'EMBEDDER_STOPPED';
  override readonly name = 'EmbedderStoppedError';

  constructor(reason: string, options?: ErrorOptions) {
    super(`embedding stopped: ${reason}; open a new embedder and embed these texts again`, options);
  }
}

/** The model's files are absent, damaged, or cannot be loaded. */
export class ModelLoadError extends Error {
  readonly code = 'MODEL_LOAD';
  override readonly name = 'ModelLoadError';

  constructor(model: string, reason: string, options?: ErrorOptions) {
    super(`cannot load the model "${model}": ${reason}; reinstall the package or check the path`, options);
  }
}
