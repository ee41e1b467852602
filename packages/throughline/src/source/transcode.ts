/** Files in another encoding as UTF-8 copies: the reader of CSV knows half of UTF-16 and half of what is called latin-1. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SourceConfig } from '../config/index.ts';
import type { SourceFile } from './files.ts';

/**
 * The same files and names, with copies in `directory` in place of those that are not UTF-8; lines keep their
 * numbers. A sequence that has no meaning in the encoding becomes U+FFFD. Memory is one buffer.
 */
export async function asUtf8(
  files: readonly SourceFile[],
  encoding: SourceConfig['encoding'],
  directory: string,
): Promise<SourceFile[]> {
  if (encoding === 'utf-8') return [...files];
  const copies: SourceFile[] = [];
  for (const [i, file] of files.entries()) {
    const path = join(directory, `utf8-${i}.csv`);
    const label = encoding === 'utf-16' ? await utf16Label(file.path) : 'windows-1252';
    await pipeline(createReadStream(file.path), decoded(label), createWriteStream(path));
    copies.push({ ...file, path });
  }
  return copies;
}

function decoded(label: string) {
  return async function* (buffers: AsyncIterable<Buffer>): AsyncGenerator<string> {
    const decoder = new TextDecoder(label);
    for await (const buffer of buffers) yield decoder.decode(buffer, { stream: true });
    yield decoder.decode();
  };
}

/** Big-endian only where the byte order mark says so (https://encoding.spec.whatwg.org/#bom-sniff). */
async function utf16Label(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const mark = Buffer.alloc(2);
    await file.read(mark, 0, 2, 0);
    return mark[0] === 0xfe && mark[1] === 0xff ? 'utf-16be' : 'utf-16le';
  } finally {
    await file.close();
  }
}
