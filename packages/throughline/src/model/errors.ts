import { EXIT, ThroughlineError } from '../error.ts';

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
  constructor(
    model: string,
    reason: string,
    cause?: unknown,
    hint = 'Install the packages again with `npm ci`.',
  ) {
    super(`cannot load the model "${model}": ${reason}`, {
      code: 'model_load',
      exitCode: EXIT.noInput,
      hint,
      cause,
    });
    this.name = 'ModelLoadError';
  }
}
