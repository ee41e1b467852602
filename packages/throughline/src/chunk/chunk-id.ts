/**
 * Names of chunks: `d:2024-01-01`, `v:VALUE`, `f:PATH`, `r:000000000000` (number of its first row, from 0), and `none` for
 * rows without a cursor value.
 */
import { createHash } from 'node:crypto';

/** Rows that belong to no chunk of the plan: every one of them becomes a dead letter. */
export const NO_CHUNK = 'none';

/** A folder is named after the chunk: its encoded name has to fit a file system's 255 bytes. */
const MAX_ENCODED_BYTES = 128;

export function dateChunk(from: string): string {
  return `d:${from}`;
}

export function valueChunk(value: string): string {
  return bounded('v', value);
}

export function fileChunk(name: string): string {
  return bounded('f', name);
}

/** A NUL cannot be part of SQL or of a folder's name. */
function bounded(kind: string, value: string): string {
  if (!value.includes('\0') && encodeURIComponent(value).length <= MAX_ENCODED_BYTES)
    return `${kind}:${value}`;
  return `${kind}:${createHash('sha256').update(value).digest('hex').slice(0, 32)}`;
}
