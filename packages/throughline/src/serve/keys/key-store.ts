/** The keys of a lake: `keys/ID/key.json`, and beside it when it was last used. */
import { openStore } from '@throughline/delta/store';
import type { Scope } from '../../api/index.ts';
import { EXIT, ThroughlineError } from '../../error.ts';
import { createJson, readJson, replaceJson } from '../../lake/json-file.ts';
import type { Lake } from '../../lake/lake.ts';
import { lakePath } from '../../lake/lake-path.ts';
import { hashSecret, newKey, printKey, type RandomBytes } from './key.ts';

/** Times in milliseconds since 1970 UTC. */
export interface StoredKey {
  id: string;
  name: string;
  /** sha256 of the secret, in hex. */
  hash: string;
  scopes: Scope[];
  /** CEL: the part of the records that it may see; all of them unless told. */
  filter?: string;
  createdAt: number;
  expiresAt?: number;
  revokedAt?: number;
}

export interface KeyRequest {
  name: string;
  scopes: Scope[];
  filter?: string | undefined;
  expiresAt?: number | undefined;
}

export interface KeyEffects {
  random: RandomBytes;
  clock: () => number;
}

/** The text of the key is nowhere else: whoever gets it has to keep it. */
export async function createKey(
  lake: Lake,
  { name, scopes, filter, expiresAt }: KeyRequest,
  { random, clock }: KeyEffects,
): Promise<{ key: StoredKey; text: string }> {
  const text = newKey(random);
  const key: StoredKey = {
    ...{ id: text.id, name, hash: hashSecret(text.secret), scopes, createdAt: clock() },
    ...(filter === undefined ? {} : { filter }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  const there = await createJson(keyPath(lake, key.id), key);
  if (there.hash !== key.hash) return createKey(lake, { name, scopes, filter, expiresAt }, { random, clock });
  return { key, text: printKey(text) };
}

/** Revoked ones as well: they are kept, so that logs can be read. The oldest first. */
export async function listKeys(lake: Lake): Promise<StoredKey[]> {
  const ids = await openStore(lake.root).list('keys');
  const keys = await Promise.all(ids.map((id) => readJson<StoredKey>(keyPath(lake, id))));
  return keys
    .filter((key) => key !== undefined)
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}

/** Throws with exit code 64 where there is no such key. */
export async function revokeKey(lake: Lake, id: string, clock: () => number): Promise<StoredKey> {
  const key = /^[0-9a-f]+$/.test(id) ? await readJson<StoredKey>(keyPath(lake, id)) : undefined;
  if (!key)
    throw new ThroughlineError(`there is no key ${id}`, {
      code: 'key_missing',
      exitCode: EXIT.usage,
      hint: 'See them: throughline serve keys list',
    });
  const revoked = { ...key, revokedAt: key.revokedAt ?? clock() };
  await replaceJson(keyPath(lake, id), revoked);
  return revoked;
}

/** Undefined where it never was. Milliseconds since 1970 UTC, to about a minute. */
export async function lastUsed(lake: Lake, id: string): Promise<number | undefined> {
  return (await readJson<{ at: number }>(usedPath(lake, id)))?.at;
}

export function recordUse(lake: Lake, id: string, at: number): Promise<void> {
  return replaceJson(usedPath(lake, id), { at });
}

function keyPath(lake: Lake, id: string): string {
  return lakePath(lake.root, 'keys', id, 'key.json');
}

function usedPath(lake: Lake, id: string): string {
  return lakePath(lake.root, 'keys', id, 'used.json');
}
