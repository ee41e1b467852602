import { createHash } from 'node:crypto';

/** sha256 in hex of what shapes a model's vectors. */
export function shapeDigest(shape: unknown): string {
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex');
}
