import { ThroughlineError } from '../error.ts';
import { openRedaction } from '../redact.ts';

/** The same error with nothing in it that is secret. */
export function withoutSecrets(error: ThroughlineError, env: NodeJS.ProcessEnv): ThroughlineError {
  const redact = openRedaction(env);
  const { code, exitCode, hint, cause } = error;
  return new ThroughlineError(redact(error.message), {
    ...{ code, exitCode, cause },
    ...(hint !== undefined && { hint: redact(hint) }),
  });
}
