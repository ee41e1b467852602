/**
 * Filters under which recall is measured: those that users can write, on columns that the index has, and that keep about half,
 * a twentieth and a two-hundredth of the passages.
 */
import type { ColumnType } from '../../config/index.ts';
import type { Value } from '../../source/typed.ts';

export interface RecallCase {
  /** CEL; undefined without a filter. */
  filter: string | undefined;
  /** Column of the passages table that `keeps` looks at. */
  column: string | undefined;
  keeps(value: Value): boolean;
}

export interface FilterableColumn {
  /** In a filter. */
  name: string;
  /** In the passages table. */
  column: string;
  type: ColumnType;
}

export const SELECTIVITIES = [0.5, 0.05, 0.005] as const;
/** A value that is further than this from what is wanted says little about it. */
const MOST_OFF = 3;

const UNFILTERED: RecallCase = { filter: undefined, column: undefined, keeps: () => true };

/**
 * At most two cases for each selectivity, one by range and one by value. `sample` gives some values of each column; the same
 * sample makes the same cases.
 */
export function recallCases(
  columns: readonly FilterableColumn[],
  sample: ReadonlyMap<string, readonly Value[]>,
): RecallCase[] {
  const cases = [UNFILTERED];
  for (const selectivity of SELECTIVITIES) {
    for (const kind of [rangeCase, valueCase]) {
      const found = columns
        .map((column) => kind(column, sample.get(column.column) ?? [], selectivity))
        .filter((one) => one !== undefined)
        .toSorted((a, b) => a.off - b.off)[0];
      if (found && found.off <= Math.log(MOST_OFF)) cases.push(found.case);
    }
  }
  return cases;
}

interface Found {
  case: RecallCase;
  /** Difference of the logarithms of what it keeps and what it should. */
  off: number;
}

/** The upper end of an ordered column. */
function rangeCase(
  { name, column, type }: FilterableColumn,
  values: readonly Value[],
  selectivity: number,
): Found | undefined {
  if (type === 'boolean' || type === 'string') return undefined;
  const there = values.filter((value) => value !== null && !Number.isNaN(value)) as (number | bigint)[];
  const sorted = there.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
  const found = sorted[Math.floor(sorted.length - selectivity * values.length)];
  if (found === undefined || Math.abs(Number(found)) > Number.MAX_SAFE_INTEGER) return undefined;
  const from = type === 'timestamp' ? BigInt(found) - (BigInt(found) % MICROS) : found;
  const kept = sorted.filter((value) => value >= from).length / values.length;
  return {
    case: {
      filter: `${name} >= ${literal(from, type)}`,
      column,
      keeps: (value) => value !== null && (value as number | bigint) >= from,
    },
    off: Math.abs(Math.log(kept / selectivity)),
  };
}

/** The value of a column of texts that is about as frequent as wanted. */
function valueCase(
  { name, column, type }: FilterableColumn,
  values: readonly Value[],
  selectivity: number,
): Found | undefined {
  if (type !== 'string') return undefined;
  const counts = new Map<string, number>();
  for (const value of values)
    if (typeof value === 'string' && isPlain(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const off = (count: number) => Math.abs(Math.log(count / values.length / selectivity));
  const [best] = [...counts].sort(([a, m], [b, n]) => off(m) - off(n) || (a < b ? -1 : 1));
  if (best === undefined) return undefined;
  const [wanted, count] = best;
  return {
    case: { filter: `${name} == ${JSON.stringify(wanted)}`, column, keeps: (value) => value === wanted },
    off: off(count),
  };
}

/** What every store can compare, and a report can show. */
function isPlain(text: string): boolean {
  return text.length <= 200 && !/[\\\p{Cc}\p{Cs}]/u.test(text);
}

function literal(value: number | bigint, type: ColumnType): string {
  if (type === 'timestamp') {
    const seconds = new Date(Number(BigInt(value) / MICROS) * 1_000).toISOString().slice(0, 19);
    return `timestamp("${seconds}Z")`;
  }
  return String(value);
}

const MICROS = 1_000_000n;
