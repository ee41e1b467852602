import { open } from 'node:fs/promises';
import type { DeletionVector } from './actions.ts';
import { CorruptLogError, UnsupportedFeatureError } from './errors.ts';
import { decodeRoaring } from './roaring.ts';
import type { Store } from './store/store.ts';

/**
 * Where the deleted rows of a data file are: a text of `0` and `1`, one character a row up to the last deleted one.
 * Memory: that text. Throws CorruptLogError unless the vector has as many rows as the log says.
 */
export async function readDeletedRows(store: Store, vector: DeletionVector): Promise<string> {
  const { cardinality } = vector;
  const bytes = await readVector(store, vector);
  let [flags, count] = [new Uint8Array(1024).fill(ZERO), 0];
  let length = 0;
  for (const row of decodeRoaring(bytes)) {
    if (row >= flags.length) flags = grown(flags, row);
    flags[row] = ONE;
    length = row + 1;
    count++;
  }
  if (count === cardinality) return Buffer.from(flags.buffer, 0, length).toString('latin1');
  throw new CorruptLogError(
    `A deletion vector of ${store.root} has ${count} rows, but ${cardinality} in the log.`,
  );
}

/** The file of a deletion vector, below the root; undefined for one that is in the log itself. */
export function deletionVectorPath({ storageType, pathOrInlineDv }: DeletionVector): string | undefined {
  if (storageType === 'i') return undefined;
  if (storageType !== 'u') {
    throw new UnsupportedFeatureError(
      `Deletion vectors at absolute paths are not supported: ${pathOrInlineDv}`,
    );
  }
  const prefix = pathOrInlineDv.slice(0, -UUID_CHARACTERS);
  if (!/^[A-Za-z0-9]*$/.test(prefix))
    throw new CorruptLogError(`No path of a deletion vector: ${pathOrInlineDv}`);
  const hex = Buffer.from(decodeBase85(pathOrInlineDv.slice(-UUID_CHARACTERS))).toString('hex');
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return `${prefix === '' ? '' : `${prefix}/`}deletion_vector_${uuid}.bin`;
}

const ZERO = '0'.charCodeAt(0);
const ONE = '1'.charCodeAt(0);
const UUID_CHARACTERS = 20;

function grown(flags: Uint8Array<ArrayBuffer>, row: number): Uint8Array<ArrayBuffer> {
  if (row >= LONGEST) throw new UnsupportedFeatureError(`A deletion vector with row ${row} is too long.`);
  const larger = new Uint8Array(Math.max(row + 1, flags.length * 2)).fill(ZERO);
  larger.set(flags);
  return larger;
}

const LONGEST = 2 ** 28; // half of the longest text that there can be

/** The bytes of the bitmap. In a file they come after their length, big-endian ("Deletion Vector File Storage Format"). */
async function readVector(store: Store, vector: DeletionVector): Promise<Uint8Array> {
  const { pathOrInlineDv, sizeInBytes, offset = 0 } = vector;
  const path = deletionVectorPath(vector);
  if (path === undefined) return decodeBase85(pathOrInlineDv).subarray(0, sizeInBytes);
  const local = await store.fetch(path);
  try {
    const file = await open(local.localPath);
    try {
      const buffer = Buffer.alloc(4 + sizeInBytes);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      if (bytesRead === buffer.length && buffer.readUInt32BE(0) === sizeInBytes) return buffer.subarray(4);
      throw new CorruptLogError(
        `${store.root}/${path} has no deletion vector of ${sizeInBytes} bytes at ${offset}.`,
      );
    } finally {
      await file.close();
    }
  } finally {
    await local.release();
  }
}

const BASE85 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';

/** Z85 (ZeroMQ RFC 32): five characters are four bytes, big-endian. */
function decodeBase85(text: string): Uint8Array {
  if (text.length % 5 !== 0) throw new CorruptLogError(`${text} is not base 85.`);
  const bytes = Buffer.alloc((text.length / 5) * 4);
  for (let group = 0; group < text.length / 5; group++) {
    let value = 0;
    for (const character of text.slice(group * 5, group * 5 + 5)) {
      const digit = BASE85.indexOf(character);
      if (digit < 0) throw new CorruptLogError(`${text} is not base 85.`);
      value = value * 85 + digit;
    }
    if (value >= 2 ** 32) throw new CorruptLogError(`${text} is not base 85.`);
    bytes.writeUInt32BE(value, group * 4);
  }
  return bytes;
}
