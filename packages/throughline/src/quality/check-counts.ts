/**
 * Checks that nobody has to ask for: every row of the source is a record or a dead letter, and the tables hold what their chunks said. Pure,
 * of counts that a run knows anyway: reports of chunks and statistics of files.
 */
import type { Config } from '../config/index.ts';
import type { CheckResult } from './results.ts';

/** A chunk whose last publication is of the rows that the source has. */
export interface CountedChunk {
  id: string;
  /** In the source, after the filter. */
  rows: number;
  records: number;
  passages: number;
  deadLetters: number;
  /** Rows that a step left out, or that were forgotten. */
  dropped?: number;
}

export interface Counts {
  /** Rows of the source, and those that the filter left out. */
  sourceRows: number;
  filtered: number;
  /** Rows of all chunks that the source has, published or not. */
  staged: number;
  published: readonly CountedChunk[];
  /** Rows of each chunk that are in the tables; NaN where the log does not say. */
  tables: Record<'records' | 'passages' | 'dead_letters', ReadonlyMap<string, number>>;
}

/** Names of the checks that are always on, of index and themes too; no check of the config has one. */
export const BUILT_IN = [
  'source_rows',
  'table_rows',
  'passages_in_index',
  'index_recall',
  'theme_stability',
] as const;

const SAMPLE = 10;

export function checkCounts(counts: Counts, transform: Config['transform']): CheckResult[] {
  return [sourceRows(counts, transform), tableRows(counts)];
}

/** source = filtered out + records + dead letters (+ rows that `transform` drops, or that were forgotten). */
function sourceRows(counts: Counts, transform: Config['transform']): CheckResult {
  const wrong = counts.published
    .map((chunk) => ({ id: chunk.id, rows: unaccounted(chunk, transform) }))
    .filter(({ rows }) => rows > 0);
  const between = Math.abs(counts.sourceRows - counts.filtered - counts.staged);
  return exact('source_rows', '0 rows of the source unaccounted for', wrong, between);
}

/** A step in SQL may make of its rows whatever it likes; a step that leaves rows out can only leave less. */
function unaccounted(
  { rows, records, deadLetters, dropped = 0 }: CountedChunk,
  transform: Config['transform'],
): number {
  if (transform.some((step) => 'sql' in step)) return 0;
  const missing = rows - records - deadLetters - dropped;
  return transform.some((step) => 'dedupe' in step || 'drop_nulls' in step || 'command' in step)
    ? Math.max(0, -missing)
    : Math.abs(missing);
}

/** What chunks reported = what is in the tables. */
function tableRows({ published, tables }: Counts): CheckResult {
  const wrong = published
    .map((chunk) => ({ id: chunk.id, rows: apart(chunk, tables) }))
    .filter(({ rows }) => rows > 0);
  return exact('table_rows', '0 rows more or fewer than the chunks have reported', wrong);
}

function apart(chunk: CountedChunk, tables: Counts['tables']): number {
  const reported = { records: chunk.records, passages: chunk.passages, dead_letters: chunk.deadLetters };
  return (Object.keys(reported) as (keyof typeof reported)[]).reduce((sum, name) => {
    const rows = tables[name].get(chunk.id) ?? 0;
    return Number.isNaN(rows) ? sum : sum + Math.abs(rows - reported[name]);
  }, 0);
}

/** `sample` has the chunks. */
function exact(
  name: (typeof BUILT_IN)[number],
  expected: string,
  wrong: readonly { id: string; rows: number }[],
  more = 0,
): CheckResult {
  const observed = wrong.reduce((sum, { rows }) => sum + rows, more);
  return {
    ...{ check: name, name, severity: 'fail', expected, observed },
    status: observed === 0 ? 'passed' : 'failed',
    sample: wrong.slice(0, SAMPLE).map(({ id }) => id),
  };
}
