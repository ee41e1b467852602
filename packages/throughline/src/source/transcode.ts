/** Files that are compressed or in another encoding as plain UTF-8 copies: the reader of CSV knows half of UTF-16 and half of what is called latin-1. */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SourceConfig } from '../config/index.ts';
import { damaged, decompressor, headOf } from './compressed.ts';
import type { SourceFile } from './files.ts';

/**
 * The same files and names, with copies in `directory` in place of those that are compressed or not UTF-8; lines keep their
 * numbers. A sequence that has no meaning in the encoding becomes U+FFFD. Memory is one buffer. Throws with exit code 65 where a
 * compressed file is damaged.
 */
export async function asUtf8(
  files: readonly SourceFile[],
  encoding: SourceConfig['encoding'],
  directory: string,
): Promise<SourceFile[]> {
  const copies: SourceFile[] = [];
  for (const [i, file] of files.entries()) {
    const { compression, ...plainFile } = file;
    if (encoding === 'utf-8' && compression === undefined) {
      copies.push(file);
      continue;
    }
    const path = join(directory, `utf8-${i}`);
    const read = createReadStream(file.path);
    const plain = compression === undefined ? read : read.pipe(decompressor(compression));
    read.on('error', (error) => plain.destroy(error));
    const label = await labelOf(file, encoding);
    const write = createWriteStream(path);
    try {
      if (label === undefined) await pipeline(plain, write);
      else await pipeline(plain, decoded(label), write);
    } catch (cause) {
      throw compression === undefined ? cause : damaged(file.name, compression, cause);
    } finally {
      read.destroy();
    }
    copies.push({ ...plainFile, path });
  }
  return copies;
}

/** The encoding of a file by the names of https://encoding.spec.whatwg.org; undefined of what is UTF-8 already. */
export async function labelOf(
  file: SourceFile,
  encoding: SourceConfig['encoding'],
): Promise<string | undefined> {
  if (encoding === 'utf-8') return undefined;
  return encoding === 'utf-16' ? utf16Label(await headOf(file, 2)) : 'windows-1252';
}

function decoded(label: string) {
  return async function* (buffers: AsyncIterable<Buffer>): AsyncGenerator<string> {
    const decoder = new TextDecoder(label);
    for await (const buffer of buffers) yield decoder.decode(buffer, { stream: true });
    yield decoder.decode();
  };
}

/** Big-endian only where the byte order mark says so (https://encoding.spec.whatwg.org/#bom-sniff). */
function utf16Label(mark: Buffer): string {
  return mark[0] === 0xfe && mark[1] === 0xff ? 'utf-16be' : 'utf-16le';
}
