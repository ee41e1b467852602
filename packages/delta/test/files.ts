import { readdir } from 'node:fs/promises';
import { type AddFile, commit, createTable, type Snapshot, scan, writeParquet } from '../src/index.ts';
import { rowsFrom, SCHEMA } from './table.ts';

/** A table of SCHEMA at `root`, with a commit for each [partition, first row, rows]. */
export async function tableWithRows(
  root: string,
  parts: readonly (readonly [string | null, number, number])[],
  configuration: Record<string, string> = {},
): Promise<Snapshot> {
  let snapshot = await createTable(root, {
    schema: SCHEMA,
    partitionColumns: ['part'],
    configuration,
    name: 'rows',
  });
  for (const [part, first, rows] of parts) snapshot = await append(snapshot, part, first, rows);
  return snapshot;
}

export async function append(
  snapshot: Snapshot,
  part: string | null,
  first: number,
  rows: number,
): Promise<Snapshot> {
  const add = await fileOf(snapshot, part, first, rows);
  return (await commit(snapshot, { operation: 'WRITE', add })).snapshot;
}

export async function fileOf(
  { root }: Snapshot,
  part: string | null,
  first: number,
  rows: number,
): Promise<AddFile[]> {
  const options = { root, schema: SCHEMA, partitionColumns: ['part'], partition: { part } };
  return await writeParquet(options, [rowsFrom(first, rows)]);
}

/** Every row as text, in the order of `n`. */
export async function rowsOf(snapshot: Snapshot): Promise<string[]> {
  const rows: [bigint, string][] = [];
  for await (const { rows: count, columns } of scan(snapshot)) {
    const { part, id, n, at, vector } = columns as Record<string, unknown[]>;
    const width = vector!.length / count;
    for (let row = 0; row < count; row++) {
      const floats = [...vector!.slice(row * width, (row + 1) * width)];
      rows.push([n![row] as bigint, [part![row], id![row], n![row], at![row], floats].join('|')]);
    }
  }
  return rows.sort(([a], [b]) => Number(a - b)).map(([, text]) => text);
}

/** The data files below a folder, whether the table knows them or not. */
export async function dataFiles(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  return names.filter((name) => name.endsWith('.parquet') && !name.startsWith('_delta_log')).sort();
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
