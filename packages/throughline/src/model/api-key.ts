import { EXIT, ThroughlineError } from '../error.ts';
import type { ApiSpec } from './types.ts';

/** The header with an API's key, from the environment; `setting` names the variable. Throws with exit code 78 where it is not set. */
export function keyHeaders(
  { keyVariable, keyHeader }: Pick<ApiSpec, 'keyHeader'> & { readonly keyVariable?: string | undefined },
  env: NodeJS.ProcessEnv,
  setting = 'embed.keyVariable',
): Readonly<Record<string, string>> {
  if (keyVariable === undefined) return {};
  const key = env[keyVariable];
  if (key === undefined || key === '') {
    throw new ThroughlineError(`the environment variable ${keyVariable} is not set: it holds the API's key`, {
      code: 'key_missing',
      exitCode: EXIT.config,
      hint: `Set it, or name another one: ${setting}.`,
    });
  }
  return { [keyHeader]: keyHeader === 'authorization' ? `Bearer ${key}` : key };
}
