import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { DataType, StructField } from './schema.ts';
import { quoteIdentifier } from './sql.ts';

/** Strings in statistics are cut to this many characters (code points), as Spark does. */
const PREFIX = 32;

/**
 * The `stats` of the rows of a table ("Per-file Statistics"): numRecords; nullCount of every column; minValues
 * and maxValues of the scalar columns in whose order readers agree. Bounds are true for every row: the maximum
 * of cut strings is above them, and a column without a bound that can be told has none.
 */
export async function collectStats(
  connection: DuckDBConnection,
  table: string,
  fields: readonly StructField[],
): Promise<string> {
  const parts = fields.flatMap(({ name, type }) => {
    const column = quoteIdentifier(name);
    const bounds = hasBounds(type) ? [minOf(column, type), maxOf(column, type)] : ['NULL', 'NULL'];
    return [`count(${column})`, ...bounds];
  });
  const result = await connection.run(`SELECT count(*), ${parts.join(', ')} FROM ${table}`);
  return formatStats((await result.getRows())[0]!, fields);
}

/**
 * The `stats` of a row of counts and bounds: the number of rows, then for each field the number of values that
 * are not null, the least and the greatest. What is null there is not known, and is left out.
 */
export function formatStats(row: readonly DuckDBValue[], fields: readonly StructField[]): string {
  const records = row[0] as bigint;
  const bounds = { min: [] as string[], max: [] as string[], nulls: [] as string[] };
  for (const [index, { name, type }] of fields.entries()) {
    const key = JSON.stringify(name);
    const [count, low, high] = row.slice(1 + index * 3, 4 + index * 3);
    // Of a struct the protocol wants the counts of its fields; deltalake cannot open a table that has one number.
    if (count !== null && !isStruct(type)) bounds.nulls.push(`${key}:${records - (count as bigint)}`);
    const min = bound(low!, type, 'min');
    const max = bound(high!, type, 'max');
    if (min === undefined || max === undefined) continue;
    bounds.min.push(`${key}:${min}`);
    bounds.max.push(`${key}:${max}`);
  }
  const { min, max, nulls } = bounds;
  return `{"numRecords":${records},"minValues":{${min}},"maxValues":{${max}},"nullCount":{${nulls}}}`;
}

/** How many rows the statistics of a file count, if they do. */
export function numRecords({ stats }: { stats?: string }): number | undefined {
  try {
    const count = (JSON.parse(stats ?? '{}') as { numRecords?: unknown }).numRecords;
    return typeof count === 'number' ? count : undefined;
  } catch {
    return undefined;
  }
}

/** The maximum of cut strings: at least as large as every string that begins with `prefix`, or undefined. */
export function upperBound(text: string): string | undefined {
  const characters = [...text];
  if (characters.length <= PREFIX) return text;
  // U+10FFFF sorts after every character; with it in the cut part, no tie-breaker can be above.
  if (characters[PREFIX] === '\u{10ffff}') return undefined;
  return `${characters.slice(0, PREFIX).join('')}\u{10ffff}`;
}

/** The minimum of cut strings: a prefix is never above the whole. */
export function lowerBound(text: string): string {
  return [...text].slice(0, PREFIX).join('');
}

const BOUNDED = 'string long integer short byte float double date timestamp timestamp_ntz'.split(' ');

function isStruct(type: DataType): boolean {
  return typeof type === 'object' && type.type === 'struct';
}

export function hasBounds(type: DataType): boolean {
  return typeof type === 'string' && BOUNDED.includes(type);
}

/** One character more than is kept, to see that something was cut off. */
function minOf(column: string, type: DataType): string {
  return type === 'string' ? `left(min(${column}), ${PREFIX + 1})` : `min(${column})`;
}

function maxOf(column: string, type: DataType): string {
  return type === 'string' ? `left(max(${column}), ${PREFIX + 1})` : `max(${column})`;
}

/** A bound as JSON; undefined for what JSON or the readers cannot hold. */
function bound(value: DuckDBValue, type: DataType, side: 'min' | 'max'): string | undefined {
  if (value === null) return undefined;
  if (type === 'string') {
    const text = side === 'min' ? lowerBound(value as string) : upperBound(value as string);
    return text === undefined || text.includes('\0') ? undefined : JSON.stringify(text);
  }
  if (value instanceof DuckDBTimestampTZValue) return timestampBound(value.micros, side, 'Z');
  if (value instanceof DuckDBTimestampValue) return timestampBound(value.micros, side, '');
  if (value instanceof DuckDBDateValue) return dateBound(value.days);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  if (typeof value === 'bigint') return value.toString();
  return undefined;
}

const LATEST_MICROS = 253_402_300_799_000_000n; // 9999-12-31T23:59:59Z; later years have no agreed text
const EARLIEST_MICROS = -62_135_596_800_000_000n; // 0001-01-01T00:00:00Z

/** Statistics keep milliseconds: the minimum is rounded down and the maximum up, so both hold for all rows. */
function timestampBound(micros: bigint, side: 'min' | 'max', zone: 'Z' | ''): string | undefined {
  if (micros > LATEST_MICROS || micros < EARLIEST_MICROS) return undefined;
  const remainder = ((micros % 1000n) + 1000n) % 1000n;
  const down = (micros - remainder) / 1000n;
  const millis = side === 'max' && remainder > 0n ? down + 1n : down;
  return JSON.stringify(`${new Date(Number(millis)).toISOString().slice(0, -1)}${zone}`);
}

const LATEST_DAY = 2_932_896; // 9999-12-31
const EARLIEST_DAY = -719_162; // 0001-01-01
const DAY_MS = 86_400_000;

function dateBound(days: number): string | undefined {
  if (days > LATEST_DAY || days < EARLIEST_DAY) return undefined;
  return JSON.stringify(new Date(days * DAY_MS).toISOString().slice(0, 10));
}
