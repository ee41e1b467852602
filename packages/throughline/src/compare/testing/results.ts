/** Results as a notebook has them, and files of them in a folder that is removed after the test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { quoteLiteral } from '@throughline/delta';
import { openSession } from '../../engine/local/session.ts';

export interface Result {
  id: string;
  text: string;
  /** null where the row has none. */
  embedding: readonly number[] | null;
  theme: string | null;
}

const DIMENSION = 8;
const THEMES = 4;

/** Rows whose vectors point everywhere, the same for the same count. */
export function results(count: number): Result[] {
  const random = randomNumbers(count);
  return Array.from({ length: count }, (_, i) => ({
    id: `r${String(i).padStart(3, '0')}`,
    text: `the text of row ${i}, "quoted", with a comma`,
    embedding: Array.from({ length: DIMENSION }, () => Math.fround(random() - 0.5)),
    theme: `theme ${i % THEMES}`,
  }));
}

/** mulberry32 */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rows with one of them replaced. */
export function withRow(rows: readonly Result[], index: number, change: Partial<Result>): Result[] {
  return rows.map((row, i) => (i === index ? { ...row, ...change } : row));
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-compare-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Columns id, text, embedding (float[]), theme. */
export async function writeResultsParquet(path: string, rows: readonly Result[]): Promise<void> {
  await using session = await openSession();
  const text = (value: string | null) => (value === null ? 'NULL' : quoteLiteral(value));
  const vector = (values: readonly number[] | null) =>
    values === null ? 'NULL' : `[${values.map((value) => `'${value}'`).join(', ')}]`;
  const tuples = rows.map(
    ({ id, text: said, embedding, theme }) =>
      `(${text(id)}, ${text(said)}, CAST(${vector(embedding)} AS FLOAT[]), ${text(theme)})`,
  );
  await session.query(
    `COPY (SELECT * FROM (VALUES ${tuples.join(', ')}) AS t(id, text, embedding, theme)) TO ${quoteLiteral(path)} (FORMAT parquet)`,
  );
}

export async function writeResultsCsv(path: string, rows: readonly Result[], delimiter = ','): Promise<void> {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const lines = rows.map(({ id, text, embedding, theme }) =>
    [id, text, embedding === null ? '' : JSON.stringify(embedding), theme ?? ''].map(quoted).join(delimiter),
  );
  await writeFile(path, `${[['id', 'text', 'embedding', 'theme'].join(delimiter), ...lines].join('\n')}\n`);
}

export async function writeResultsJsonl(path: string, rows: readonly Result[]): Promise<void> {
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

const WIDTHS = { '<f2': 2, '<f4': 4, '<f8': 8 };

/** The vectors as np.save writes them. `header` replaces parts of what it says. */
export function npyBytes(
  rows: readonly (readonly number[])[],
  type: keyof typeof WIDTHS,
  header: Partial<Record<'descr' | 'fortran_order' | 'shape', string>> = {},
): Buffer {
  const said = {
    descr: `'${type}'`,
    fortran_order: 'False',
    shape: `(${rows.length}, ${rows[0]?.length ?? 1})`,
    ...header,
  };
  const text = `{'descr': ${said.descr}, 'fortran_order': ${said.fortran_order}, 'shape': ${said.shape}, }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from(`\x93NUMPY\x01\x00`, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(padded.length);
  return Buffer.concat([start, length, Buffer.from(padded, 'latin1'), numbers(rows.flat(), type)]);
}

function numbers(values: readonly number[], type: keyof typeof WIDTHS): Buffer {
  const bytes = Buffer.alloc(values.length * WIDTHS[type]);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (const [i, value] of values.entries()) {
    if (type === '<f8') view.setFloat64(i * 8, value, true);
    else if (type === '<f4') view.setFloat32(i * 4, value, true);
    else view.setUint16(i * 2, halfBits(value), true);
  }
  return bytes;
}

/** Of numbers that float16 has exactly and that are not subnormal. */
function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  if (Number.isNaN(value)) return 0x7e00;
  if (value === 0) return sign;
  if (!Number.isFinite(value)) return sign | 0x7c00;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  return sign | ((exponent + 15) << 10) | Math.round((Math.abs(value) / 2 ** exponent - 1) * 1024);
}
