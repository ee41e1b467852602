import { createHash } from 'node:crypto';

/** Of names of runs of this product; chosen once. */
const NAMESPACE = '5262f858-37ad-49c1-a64e-adcd21abf90d';

/** The UUID of a name, version 5 (RFC 9562, section 5.5): OpenLineage wants UUIDs, and the same run has the same one. */
export function runUuid(name: string): string {
  const namespace = Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex');
  const hash = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
