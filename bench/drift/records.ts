/** The records of a lake as the drift check sees them: the vector of the first passage, each text once. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTable, scan } from '../../packages/delta/src/index.ts';

export interface BenchRecord {
  product: string;
  /** Of the passage's text. */
  hash: string;
  vector: Float32Array;
}

/** Those of the promoted build, by their digests; undefined where there is no lake. */
export async function recordsOf(lake: string): Promise<BenchRecord[] | undefined> {
  const current = await readFile(join(lake, 'current.json'), 'utf8').catch(() => undefined);
  if (current === undefined) return undefined;
  const { build } = JSON.parse(current) as { build: string };
  const records = new Map<string, BenchRecord>();
  for await (const { rows, columns } of scan(await openTable(join(lake, 'builds', build, 'passages')))) {
    const vectors = columns._embedding as Float32Array;
    const width = vectors.length / rows;
    const cell = (name: string, i: number) => String((columns[name] as ArrayLike<unknown>)[i]);
    for (let i = 0; i < rows; i++) {
      if (cell('_ordinal', i) !== '0') continue;
      const vector = vectors.slice(i * width, (i + 1) * width);
      const hash = cell('_hash', i);
      records.set(hash, { product: cell('product', i), hash, vector });
    }
  }
  return [...records.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
}
