/** Who asks, and what they may. */
import { SCOPES, type Scope } from '../api/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { StoredKey } from './keys/key-store.ts';

export interface Access {
  /** Id of the key; null where the server asks for none. */
  keyId: string | null;
  /** The key's name, for logs and as the author of edits. */
  name: string;
  scopes: readonly Scope[];
  /** CEL: the part of the records that may be seen. */
  within?: string;
}

/** Of requests that ask for nothing of the lake, and until it is known who asks. */
export const NOBODY: Access = { keyId: null, name: 'nobody', scopes: [] };
/** Anybody on this machine, where nobody has made a key. */
export const ANONYMOUS: Access = { keyId: null, name: 'anonymous', scopes: SCOPES };

export function accessOf({ id, name, scopes, filter }: StoredKey): Access {
  return { keyId: id, name, scopes, ...(filter === undefined ? {} : { within: filter }) };
}

/** Throws with exit code 77. */
export function requireScope({ scopes }: Access, scope: Scope): void {
  if (scopes.includes(scope)) return;
  throw new ThroughlineError(`the key has no scope ${scope}`, {
    code: 'scope_missing',
    exitCode: EXIT.permission,
    hint: `It has ${scopes.join(', ') || 'none'}. A key with more: throughline serve keys create NAME --scope ${scope}`,
  });
}

/** What is not about single records cannot be cut to the part that a key may see, and is refused: throws with exit code 77. */
export function refuseWithin({ within }: Access): void {
  if (within === undefined) return;
  throw new ThroughlineError('the key sees a part of the records, and this is about all of them', {
    code: 'key_filtered',
    exitCode: EXIT.permission,
    hint: 'Ask with a key that has no filter.',
  });
}
