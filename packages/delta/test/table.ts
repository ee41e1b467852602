import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type AddFile,
  array,
  type ColumnBatch,
  field,
  type ScanOptions,
  type Snapshot,
  scan,
  struct,
} from '../src/index.ts';

/** A table as the tests use it: one partition column, an id, a number, a time and a vector. */
export const SCHEMA = struct([
  field('part', 'string'),
  field('id', 'string', false),
  field('n', 'long'),
  field('at', 'timestamp'),
  field('vector', array('float')),
]);

/** An empty folder that is removed after the test. */
export async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'delta-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The action of a file that need not exist, for tests of the log alone. */
export function add(path: string, part: string | null = null): AddFile {
  return { path, partitionValues: { part }, size: 1, modificationTime: 1, dataChange: true };
}

/** `rows` rows of SCHEMA, counting from `first`. */
export function rowsFrom(first: number, rows: number, width = 2): ColumnBatch {
  const numbers = Array.from({ length: rows }, (_, index) => first + index);
  return {
    rows,
    columns: {
      id: numbers.map((number) => `id-${number}`),
      n: numbers.map((number) => BigInt(number)),
      at: numbers.map((number) => 1_700_000_000_000_000n + BigInt(number)),
      vector: Float32Array.from({ length: rows * width }, (_, index) => first + index / 4),
    },
  };
}

/** Every value of one column, of some files or of all, in the order of the scan. */
export async function columnOf(
  snapshot: Snapshot,
  column: string,
  files: ScanOptions = {},
): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const batch of scan(snapshot, { ...files, columns: [column] })) {
    for (const value of batch.columns[column] as unknown[]) values.push(value);
  }
  return values;
}
