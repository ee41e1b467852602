/** Matrices of NumPy (NEP 1): a header that says type, order and shape, then the numbers. */
import { type FileHandle, open } from 'node:fs/promises';
import { EXIT, ThroughlineError } from '../error.ts';

export interface Npy extends AsyncDisposable {
  rows: number;
  columns: number;
  /** The rows in order, at most `BLOCK_BYTES` of the file in memory; float64 is rounded to float32. */
  blocks(): AsyncGenerator<Float32Array>;
}

/** Takes float16, float32 and float64, little-endian, C order, two dimensions. Throws with exit code 65 for all else. */
export async function openNpy(path: string): Promise<Npy> {
  const file = await open(path, 'r');
  try {
    const { type, rows, columns, offset } = await readHeader(file, path);
    const { size } = await file.stat();
    const wanted = offset + rows * columns * WIDTHS[type];
    if (size !== wanted)
      throw bad(
        path,
        `its header promises ${wanted} bytes, it has ${size}`,
        'Check whether it was copied completely.',
      );
    return {
      rows,
      columns,
      blocks: () => readBlocks(file, { type, rows, columns, offset }),
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

const WIDTHS = { '<f2': 2, '<f4': 4, '<f8': 8 } as const;
type NumberType = keyof typeof WIDTHS;

interface Layout {
  type: NumberType;
  rows: number;
  columns: number;
  /** Of the first number, in bytes. */
  offset: number;
}

const MAGIC = '\x93NUMPY';
/** Headers are some 100 bytes; a longer one is another file. */
const MAX_HEADER_BYTES = 64 * 1024;
const SAVE = 'Save it as a plain matrix: np.save(FILE, np.ascontiguousarray(vectors, dtype="float32")).';

async function readHeader(file: FileHandle, path: string): Promise<Layout> {
  const buffer = Buffer.alloc(MAX_HEADER_BYTES);
  const { bytesRead } = await file.read(buffer, 0, MAX_HEADER_BYTES, 0);
  const start = buffer[6]! >= 2 ? 12 : 10;
  if (bytesRead < start || buffer.toString('latin1', 0, 6) !== MAGIC)
    throw bad(path, 'it does not begin as a .npy file does', 'Check whether it was written with np.save.');
  const offset = start + (start === 12 ? buffer.readUInt32LE(8) : buffer.readUInt16LE(8));
  if (offset > bytesRead) throw bad(path, 'its header is cut off', 'Check whether it was copied completely.');
  return { ...parseHeader(path, buffer.toString('latin1', start, offset)), offset };
}

/** The header is a dictionary of Python with three keys. */
function parseHeader(path: string, header: string): Omit<Layout, 'offset'> {
  const type = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (type === undefined || !(type in WIDTHS))
    throw bad(path, `its numbers are ${type ?? 'of several types'}, not float16, float32 or float64`, SAVE);
  if (fortran !== 'False') throw bad(path, 'it is in Fortran order, column by column', SAVE);
  const sizes = (shape ?? '')
    .split(',')
    .flatMap((part) => (part.trim() === '' ? [] : [Number.parseInt(part, 10)]));
  const [rows, columns] = sizes;
  if (sizes.length !== 2 || !Number.isSafeInteger(rows! * columns!) || columns === 0)
    throw bad(path, `its shape is (${(shape ?? '').trim()}), not (rows, numbers of a vector)`, SAVE);
  return { type: type as NumberType, rows: rows!, columns: columns! };
}

const BLOCK_BYTES = 8 * 1024 * 1024;

async function* readBlocks(
  file: FileHandle,
  { type, rows, columns, offset }: Layout,
): AsyncGenerator<Float32Array> {
  const rowBytes = columns * WIDTHS[type];
  const blockRows = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes));
  for (let row = 0; row < rows; row += blockRows) {
    const bytes = new Uint8Array(Math.min(blockRows, rows - row) * rowBytes);
    await readFully(file, bytes, offset + row * rowBytes);
    yield toFloats(bytes.buffer, type);
  }
}

async function readFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new Error('a .npy file became shorter while it was read');
    done += bytesRead;
  }
}

/** As DuckDB, this takes the machine to be little-endian. */
function toFloats(bytes: ArrayBuffer, type: NumberType): Float32Array {
  if (type === '<f4') return new Float32Array(bytes);
  if (type === '<f8') return Float32Array.from(new Float64Array(bytes));
  return Float32Array.from(new Uint16Array(bytes), float16);
}

/** IEEE 754 binary16. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024);
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

function bad(path: string, message: string, hint: string): ThroughlineError {
  return new ThroughlineError(`${path}: ${message}`, {
    code: 'npy_unreadable',
    exitCode: EXIT.badData,
    hint,
  });
}
