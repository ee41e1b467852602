import { EXIT, ThroughlineError } from '../error.ts';

/** Something wrote into the lake that is not this product, or the disk lost what it had acknowledged. */
export class LakeDamagedError extends ThroughlineError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      code: 'lake_damaged',
      exitCode: EXIT.badData,
      hint: 'Restore the file from a backup, or remove the lake and run again: it is made from the source.',
      cause,
    });
    this.name = 'LakeDamagedError';
  }
}
