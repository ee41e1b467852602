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

/** Why a new lake cannot be where it is to be; other errors stay as they are. */
export function cannotMake(root: string, thrown: unknown): unknown {
  const { code, reason } = thrown as { code?: string; reason?: string };
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return new ThroughlineError(`the lake ${root} cannot be made: a part of the path is a file`, {
      code: 'lake_is_file',
      exitCode: EXIT.cannotWrite,
      hint: 'Choose another folder for the lake (lake: ...), or move the file away.',
      cause: thrown,
    });
  }
  if (code === 'STORE_FAILED' && reason === 'not-found') {
    return new ThroughlineError(`the lake ${root} cannot be made: ${(thrown as Error).message}`, {
      code: 'bucket_missing',
      exitCode: EXIT.cannotWrite,
      hint: 'A run makes the lake, but not its bucket.',
      cause: thrown,
    });
  }
  return thrown;
}
