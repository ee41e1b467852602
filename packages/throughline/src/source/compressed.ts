/** Files that are compressed, by their names: `.gz` and `.zst`. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import * as zlib from 'node:zlib';
import { EXIT, ThroughlineError } from '../error.ts';

export type Compression = 'gzip' | 'zstd';

/** Undefined of a file that is as it is. */
export function compressionOf(path: string): Compression | undefined {
  if (/\.gz$/i.test(path)) return 'gzip';
  return /\.zstd?$/i.test(path) ? 'zstd' : undefined;
}

/** Throws with exit code 69 where this Node does not know it. */
export function decompressor(compression: Compression): Duplex {
  if (compression === 'gzip') return zlib.createGunzip();
  // In Node since 22.15.
  if (typeof zlib.createZstdDecompress === 'function') return zlib.createZstdDecompress();
  throw new ThroughlineError(`Node ${process.versions.node} reads no zstd`, {
    code: 'node_too_old',
    exitCode: EXIT.unavailable,
    hint: 'Install Node 22.15 or newer, or compress by gzip.',
  });
}

export interface FileToRead {
  path: string;
  /** For messages. */
  name: string;
  compression?: Compression | undefined;
}

/** The first bytes of what is in the file, at most `bytes`. Throws with exit code 65 where it is damaged. */
export async function headOf({ path, name, compression }: FileToRead, bytes: number): Promise<Buffer> {
  if (compression === undefined) return await headOfPlain(path, bytes);
  const pieces: Buffer[] = [];
  let length = 0;
  const file = createReadStream(path);
  try {
    for await (const piece of file.pipe(decompressor(compression))) {
      pieces.push(piece as Buffer);
      length += (piece as Buffer).length;
      if (length >= bytes) break;
    }
  } catch (cause) {
    throw damaged(name, compression, cause);
  } finally {
    file.destroy();
  }
  return Buffer.concat(pieces).subarray(0, bytes);
}

export function damaged(name: string, compression: Compression, cause: unknown): unknown {
  if (cause instanceof ThroughlineError || (cause as NodeJS.ErrnoException).code === 'ENOSPC') return cause;
  return new ThroughlineError(`${name} is not ${compression}, or is cut off: ${(cause as Error).message}`, {
    code: 'source_unreadable',
    exitCode: EXIT.badData,
    hint: 'Check whether the file was written and copied completely.',
    cause,
  });
}

async function headOfPlain(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
