import { EXIT, ThroughlineError } from '../error.ts';

export function notFound(message: string, code: `${string}_missing`): ThroughlineError {
  return new ThroughlineError(message, { code, exitCode: EXIT.noInput });
}
