/**
 * Measures an index before it serves: are all passages there, and does it find what an exact scan of the table finds, with filters
 * and without.
 */
import type { Snapshot } from '@throughline/delta';
import type { ColumnType } from '../../config/index.ts';
import { parseFilter } from '../../filter/index.ts';
import { filterColumns } from '../../source/filter-columns.ts';
import type { Mapping } from '../../source/mapping.ts';
import { type ExactCase, exactNearest } from './exact-scan.ts';
import { type FilterableColumn, type RecallCase, recallCases } from './recall-cases.ts';
import { samplePassages } from './sample-passages.ts';

/** What verification asks of an index. */
export interface VerifiedIndex {
  passages: number;
  mapping: Mapping;
  /** Best first. */
  nearest(
    vector: Float32Array,
    options: { limit: number; filter: string | undefined },
  ): Promise<readonly { passage: string; score: number }[]>;
}

export interface Verification {
  /** Passages of the table, and of the index. */
  passages: { table: number; index: number };
  queries: number;
  cases: CaseReport[];
}

export interface CaseReport {
  /** CEL; null without a filter. */
  filter: string | null;
  /** Share of the passages that the filter keeps. */
  selectivity: number;
  'recall@10': number;
  'recall@100': number;
  /** Milliseconds of a query without embedding it. */
  p50: number;
  p95: number;
}

const QUERIES = 32;
const SAMPLE = 20_000;
const DEPTHS = [10, 100] as const;
/** Products in single precision, added in another order, differ by less. */
const EQUAL = 1e-4;

export interface VerifyEffects {
  signal: AbortSignal;
  /** Milliseconds, of any origin. */
  now: () => number;
}

/**
 * Queries lie between two passages each, chosen by their ids. Takes one scan of the ids and columns, and one of the vectors; memory
 * does not grow with the table.
 */
export async function verifyIndex(
  index: VerifiedIndex,
  passages: Snapshot,
  { signal, now }: VerifyEffects,
): Promise<Verification> {
  const columns = filterableColumns(index.mapping);
  const named = columns.map(({ column }) => column);
  const sample = await samplePassages(passages, named, { rows: SAMPLE, vectors: QUERIES + 1 });
  const queries = sample.vectors
    .map((vector, i) => between(vector, sample.vectors[i + 1] ?? vector))
    .slice(0, QUERIES);
  const cases = recallCases(columns, sample.values);
  const exact = await exactNearest(passages, queries, cases, DEPTHS[1], signal);
  const reports: CaseReport[] = [];
  for (const [i, one] of cases.entries()) {
    signal.throwIfAborted();
    if (exact.cases[i]!.passages === 0) continue;
    reports.push(await measure(index, one, exact.cases[i]!, queries, exact.passages, now));
  }
  return {
    passages: { table: exact.passages, index: index.passages },
    queries: queries.length,
    cases: reports,
  };
}

/** Why the index must not serve; nothing if it may. */
export function faultsOf({ passages, cases }: Verification, minRecall: number): string[] {
  const faults: string[] = [];
  if (passages.table !== passages.index)
    faults.push(`the index holds ${passages.index} passages, the table ${passages.table}`);
  for (const report of cases) {
    const worst = Math.min(report['recall@10'], report['recall@100']);
    if (worst >= minRecall) continue;
    const under = report.filter === null ? 'without a filter' : `under the filter ${report.filter}`;
    faults.push(`recall ${worst.toFixed(3)} ${under} is below ${minRecall} (index.minRecall)`);
  }
  return faults;
}

function filterableColumns(mapping: Mapping): FilterableColumn[] {
  const columnOf = (name: string) => {
    if (mapping.attributes.some((one) => one.name === name)) return name;
    if (name === mapping.timestamp) return '_at';
    return name === mapping.id ? '_id' : undefined;
  };
  return Object.entries(filterColumns(mapping)).flatMap(([name, type]) => {
    const column = columnOf(name);
    return column === undefined || !isSayable(name, type) ? [] : [{ name, column, type }];
  });
}

/** Some names are words of the filter's language. */
function isSayable(name: string, type: ColumnType): boolean {
  try {
    parseFilter(`has(${name})`, { [name]: type });
    return true;
  } catch {
    return false;
  }
}

function between(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => (value + b[i]!) / 2);
}

async function measure(
  index: VerifiedIndex,
  { filter }: RecallCase,
  { passages, nearest }: ExactCase,
  queries: readonly Float32Array[],
  all: number,
  now: () => number,
): Promise<CaseReport> {
  const times: number[] = [];
  const recalls = DEPTHS.map((): number[] => []);
  for (const [q, query] of queries.entries()) {
    const started = now();
    const found = await index.nearest(query, { limit: DEPTHS[1], filter });
    times.push(now() - started);
    for (const [i, depth] of DEPTHS.entries())
      recalls[i]!.push(recall(found.slice(0, depth), nearest[q]!.slice(0, depth)));
  }
  times.sort((a, b) => a - b);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    filter: filter ?? null,
    selectivity: passages / all,
    'recall@10': mean(recalls[0]!),
    'recall@100': mean(recalls[1]!),
    p50: times[Math.floor(times.length / 2)]!,
    p95: times[Math.floor(times.length * 0.95)]!,
  };
}

/** Passages as near as the last of the exact ones count like it: texts that stand twice have one vector. */
function recall(
  found: readonly { passage: string; score: number }[],
  exact: readonly { id: string; score: number }[],
): number {
  const scores = new Map(exact.map(({ id, score }) => [id, score]));
  const last = exact.at(-1)!.score;
  const right = found.filter(({ passage, score }) => {
    const wanted = scores.get(passage);
    return wanted === undefined ? score >= last - EQUAL : Math.abs(score - wanted) <= EQUAL;
  });
  return Math.min(1, right.length / exact.length);
}
