/** A few passages of a table, chosen by their ids: the same of the same table. */
import { type Snapshot, scan } from '@throughline/delta';
import type { Value } from '../../source/typed.ts';

export interface SampledPassages {
  ids: string[];
  /** Values of each column, in the order of the ids. */
  values: ReadonlyMap<string, readonly Value[]>;
  /** Vectors of the first of them. */
  vectors: Float32Array[];
}

/** Ids are hashes: those that are smallest are a fair sample. Memory: the sample and a batch of the scan. */
export async function samplePassages(
  passages: Snapshot,
  columns: readonly string[],
  { rows, vectors }: { rows: number; vectors: number },
): Promise<SampledPassages> {
  let sample: { id: string; values: Value[] }[] = [];
  const shrink = () => {
    sample = sample.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, rows);
  };
  for await (const batch of scan(passages, { columns: ['_passage', ...columns] })) {
    const ids = batch.columns._passage as readonly string[];
    for (const [row, id] of ids.entries())
      sample.push({
        id,
        values: columns.map((name) => (batch.columns[name] as ArrayLike<Value>)[row] ?? null),
      });
    if (sample.length > 4 * rows) shrink();
  }
  shrink();
  const ids = sample.map(({ id }) => id);
  return {
    ids,
    values: new Map(columns.map((name, i) => [name, sample.map(({ values }) => values[i]!)])),
    vectors: await vectorsOf(passages, ids.slice(0, vectors)),
  };
}

async function vectorsOf(passages: Snapshot, ids: readonly string[]): Promise<Float32Array[]> {
  const found = new Map<string, Float32Array>();
  const where = [{ column: '_passage', op: 'in' as const, values: ids }];
  if (ids.length === 0) return [];
  for await (const { rows, columns } of scan(passages, { columns: ['_passage', '_embedding'], where })) {
    const vectors = columns._embedding as Float32Array;
    const dimension = vectors.length / rows;
    for (const [row, id] of (columns._passage as readonly string[]).entries())
      found.set(id, vectors.slice(row * dimension, (row + 1) * dimension));
  }
  return ids.map((id) => found.get(id)!);
}
