/** The truth that an index is measured against: the nearest passages of some queries, by a scan of the table. */
import { type Snapshot, scan } from '@throughline/delta';
import type { Value } from '../../source/typed.ts';
import { BestScores } from './best-scores.ts';
import type { RecallCase } from './recall-cases.ts';

export interface Exact {
  passages: number;
  /** For each case. */
  cases: ExactCase[];
}

export interface ExactCase {
  /** Passages that its filter keeps. */
  passages: number;
  /** For each query the nearest of those, best first. */
  nearest: { id: string; score: number }[][];
}

/**
 * Inner products of every passage with every query (Float32Array of the table's dimension), once for all cases. Memory: a batch
 * of the scan, and `depth` ids for each query and case.
 */
export async function exactNearest(
  passages: Snapshot,
  queries: readonly Float32Array[],
  cases: readonly RecallCase[],
  depth: number,
  signal: AbortSignal,
): Promise<Exact> {
  const best = cases.map(() => queries.map(() => new BestScores(depth)));
  const counts = cases.map(() => 0);
  const columns = [...new Set(cases.flatMap(({ column }) => column ?? []))];
  let rows = 0;
  for await (const batch of scan(passages, {
    columns: ['_passage', '_embedding', ...columns],
    batchRows: 4_096,
  })) {
    signal.throwIfAborted();
    rows += batch.rows;
    const ids = batch.columns._passage as readonly string[];
    const vectors = batch.columns._embedding as Float32Array;
    const dimension = vectors.length / batch.rows;
    const valuesOf = (name: string) => batch.columns[name] as ArrayLike<Value>;
    const kept = cases.map(({ column, keeps }) =>
      Array.from({ length: batch.rows }, (_, row) =>
        keeps(column === undefined ? null : (valuesOf(column)[row] ?? null)),
      ),
    );
    for (const [i, of] of kept.entries()) counts[i]! += of.filter(Boolean).length;
    for (const [q, query] of queries.entries()) {
      for (let row = 0; row < batch.rows; row++) {
        const score = product(query, vectors, row * dimension);
        for (let i = 0; i < cases.length; i++) if (kept[i]![row]) best[i]![q]!.offer(score, () => ids[row]!);
      }
    }
  }
  return {
    passages: rows,
    cases: cases.map((_, i) => ({ passages: counts[i]!, nearest: best[i]!.map((one) => one.sorted()) })),
  };
}

function product(query: Float32Array, vectors: Float32Array, start: number): number {
  let sum = 0;
  for (let i = 0; i < query.length; i++) sum += query[i]! * vectors[start + i]!;
  return sum;
}
