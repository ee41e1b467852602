/** API keys: `tl_ID_SECRET`, of which the lake holds the hash alone. */
import { createHash, timingSafeEqual } from 'node:crypto';

export interface KeyText {
  /** Names the key in lists and logs; it is no secret. */
  id: string;
  secret: string;
}

const ID_BYTES = 5;
const SECRET_BYTES = 32;

export type RandomBytes = (bytes: number) => Buffer;

export function newKey(random: RandomBytes): KeyText {
  return { id: random(ID_BYTES).toString('hex'), secret: random(SECRET_BYTES).toString('base64url') };
}

export function printKey({ id, secret }: KeyText): string {
  return `tl_${id}_${secret}`;
}

/** Undefined for what is no key. */
export function parseKey(text: string): KeyText | undefined {
  const found = /^tl_([0-9a-f]{10})_([A-Za-z0-9_-]{43})$/.exec(text);
  return found ? { id: found[1]!, secret: found[2]! } : undefined;
}

/** A plain hash will do: 256 random bits cannot be guessed, however fast it is computed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** In a time that does not depend on how much of it is right. */
export function isSecretOf(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(hash, 'hex'));
}
