import { CorruptLogError } from './errors.ts';

const MAGIC = 1681511377; // "portable" format; the older native one is written by no released engine
const WITH_RUNS = 12347;
const WITHOUT_RUNS = 12346;
const NO_OFFSETS_BELOW = 4; // containers: with runs, fewer have no table of offsets
const ARRAY_MOST = 4096; // a container of more values is a bitmap
const BITMAP_BYTES = 8192;

/**
 * The row numbers of a deletion vector, ascending: a roaring bitmap of 64-bit numbers ("Deletion Vector Format",
 * and the roaring format specification). Throws CorruptLogError for bytes that are none, and for row numbers
 * beyond 2^53.
 */
export function* decodeRoaring(bytes: Uint8Array): Generator<number> {
  const reader = openReader(bytes);
  const magic = reader.uint32();
  if (magic !== MAGIC) throw damaged(`it begins with ${magic} instead of ${MAGIC}`);
  const bitmaps = reader.uint64();
  for (let index = 0; index < bitmaps; index++) {
    const high = reader.uint32() * 2 ** 32;
    if (!Number.isSafeInteger(high)) throw damaged('a row number is beyond 2^53');
    yield* bitmap32(reader, high);
  }
}

function* bitmap32(reader: Reader, base: number): Generator<number> {
  const cookie = reader.uint32();
  const hasRuns = (cookie & 0xffff) === WITH_RUNS;
  if (!hasRuns && cookie !== WITHOUT_RUNS) throw damaged(`a bitmap begins with ${cookie}`);
  const count = hasRuns ? (cookie >>> 16) + 1 : reader.uint32();
  const runs = hasRuns ? reader.bytes(Math.ceil(count / 8)) : new Uint8Array(Math.ceil(count / 8));
  const containers = Array.from({ length: count }, () => ({
    key: reader.uint16(),
    values: reader.uint16() + 1,
  }));
  if (!hasRuns || count >= NO_OFFSETS_BELOW) reader.bytes(4 * count);
  for (const [index, { key, values }] of containers.entries()) {
    const start = base + key * 2 ** 16;
    if ((runs[index >> 3]! >> (index & 7)) & 1) yield* runContainer(reader, start);
    else if (values <= ARRAY_MOST) for (let value = 0; value < values; value++) yield start + reader.uint16();
    else yield* bitmapContainer(reader.bytes(BITMAP_BYTES), start);
  }
}

function* runContainer(reader: Reader, start: number): Generator<number> {
  const runs = reader.uint16();
  for (let run = 0; run < runs; run++) {
    const first = start + reader.uint16();
    const last = first + reader.uint16();
    for (let value = first; value <= last; value++) yield value;
  }
}

function* bitmapContainer(bits: Uint8Array, start: number): Generator<number> {
  for (const [index, byte] of bits.entries()) {
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) yield start + index * 8 + bit;
  }
}

interface Reader {
  uint16(): number;
  uint32(): number;
  uint64(): number;
  bytes(length: number): Uint8Array;
}

function openReader(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  const take = (length: number) => {
    const from = position;
    position += length;
    if (position > bytes.byteLength) throw damaged('it ends too early');
    return from;
  };
  return {
    uint16: () => view.getUint16(take(2), true),
    uint32: () => view.getUint32(take(4), true),
    uint64: () => Number(view.getBigUint64(take(8), true)),
    bytes: (length) => {
      const from = take(length);
      return bytes.subarray(from, from + length);
    },
  };
}

function damaged(what: string): CorruptLogError {
  return new CorruptLogError(`A deletion vector is damaged: ${what}.`);
}
