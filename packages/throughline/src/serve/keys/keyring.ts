/** The keys as a server knows them: read again every few seconds, so that one that is revoked stops soon on every replica. */
import type { Lake } from '../../lake/lake.ts';
import { isSecretOf, parseKey } from './key.ts';
import { listKeys, recordUse, type StoredKey } from './key-store.ts';

export interface Keyring {
  /** Whether anybody has ever made a key: from then on one is asked for. */
  hasKeys(): Promise<boolean>;
  /** Undefined for a text that is no key, or one that was revoked, or has expired. */
  check(text: string): Promise<StoredKey | undefined>;
}

export interface KeyringEffects {
  /** Milliseconds since 1970 UTC. */
  clock: () => number;
  /** Told why a use could not be recorded; the request goes on. */
  onError: (error: Error) => void;
}

const FRESH_MS = 5_000;
const USE_EVERY_MS = 60_000;

export function openKeyring(lake: Lake, { clock, onError }: KeyringEffects): Keyring {
  let known: { at: number; keys: Promise<Map<string, StoredKey>> } | undefined;
  const keys = () => {
    if (known === undefined || clock() - known.at > FRESH_MS) {
      const read = listKeys(lake).then((all) => new Map(all.map((key) => [key.id, key])));
      // What cannot be read is not known, and nobody is let in by what was.
      read.catch(() => {
        known = undefined;
      });
      known = { at: clock(), keys: read };
    }
    return known.keys;
  };
  // A folder that is empty all at once is a mount that is gone, and no reason to let everybody in.
  let everHad = false;
  const used = new Map<string, number>();
  const noteUse = (id: string) => {
    const now = clock();
    if (now - (used.get(id) ?? 0) < USE_EVERY_MS) return;
    used.set(id, now);
    recordUse(lake, id, now).catch(onError);
  };
  return {
    async hasKeys() {
      everHad ||= (await keys()).size > 0;
      return everHad;
    },
    async check(text) {
      const parsed = parseKey(text);
      const key = parsed && (await keys()).get(parsed.id);
      if (!key || !isSecretOf(parsed.secret, key.hash)) return undefined;
      if (key.revokedAt !== undefined || (key.expiresAt ?? Number.POSITIVE_INFINITY) <= clock())
        return undefined;
      noteUse(key.id);
      return key;
    },
  };
}
