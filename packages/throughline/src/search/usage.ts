import { EXIT, ThroughlineError } from '../error.ts';

/** A request that cannot be answered as it is. */
export function usage(message: string, hint?: string): ThroughlineError {
  return new ThroughlineError(message, {
    code: 'usage',
    exitCode: EXIT.usage,
    ...(hint === undefined ? {} : { hint }),
  });
}
