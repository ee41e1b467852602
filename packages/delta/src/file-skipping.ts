import type { AddFile } from './actions.ts';
import type { ColumnValue } from './column-batch.ts';
import type { PhysicalName } from './column-mapping.ts';
import { type Comparison, type Condition, fieldOf } from './condition.ts';
import type { DataType, StructField } from './schema.ts';

/** What is compared: numbers and times as bigint, text, or floating-point numbers. */
type Ordered = bigint | string | number;

/** What the log knows of a column's values in a file; a bound that is not known is absent. */
interface Bounds {
  min?: Ordered;
  max?: Ordered;
  /** Whether a null, or anything but nulls, can be there. */
  mayBeNull: boolean;
  mayBeValue: boolean;
}

/**
 * Whether a file can hold a row for which all conditions hold, by its partition and its statistics ("Per-file
 * Statistics"). False only where the bounds prove that it cannot: skipping never changes a result.
 */
export function mayMatch(
  file: AddFile,
  where: readonly Condition[],
  table: { fields: readonly StructField[]; partitionColumns: readonly string[]; physical: PhysicalName },
): boolean {
  let stats: FileStats | undefined;
  return where.every((condition) => {
    const field = fieldOf(condition.column, table.fields);
    if (table.partitionColumns.includes(field.name)) {
      return possible(
        condition,
        field.type,
        partitionBounds(file.partitionValues[field.name] ?? null, field.type),
      );
    }
    stats ??= parseStats(file.stats);
    return possible(condition, field.type, columnBounds(stats, table.physical(field), field.type));
  });
}

function possible(condition: Condition, type: DataType, bounds: Bounds): boolean {
  switch (condition.op) {
    case 'is null':
      return bounds.mayBeNull;
    case 'is not null':
      return bounds.mayBeValue;
    case 'in': {
      const values = condition.values.map((value) => ordered(value, type));
      return bounds.mayBeValue && values.some((value) => possibleComparison('=', value, bounds));
    }
    default:
      return bounds.mayBeValue && possibleComparison(condition.op, ordered(condition.value, type), bounds);
  }
}

/** Bounds leave NaN out, which is above every number: only what NaN never fulfils may skip. */
function possibleComparison(op: Comparison, value: Ordered | undefined, { min, max }: Bounds): boolean {
  if (value === undefined || Number.isNaN(value)) return true;
  const isFloat = typeof value === 'number';
  const aboveMin = min === undefined || compare(value, min) >= 0;
  const belowMax = max === undefined || compare(value, max) <= 0;
  switch (op) {
    case '=':
      return aboveMin && belowMax;
    case '<':
      return min === undefined || compare(min, value) < 0;
    case '<=':
      return aboveMin;
    case '>':
      return isFloat || max === undefined || compare(max, value) > 0;
    case '>=':
      return isFloat || belowMax;
    case '!=':
      return isFloat || min === undefined || max === undefined || compare(min, max) !== 0 || min !== value;
  }
}

function compare(a: Ordered, b: Ordered): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A value as a batch has it, in the form in which it is compared; undefined where bounds are not used. */
function ordered(value: ColumnValue, type: DataType): Ordered | undefined {
  if (type === 'string') return typeof value === 'string' ? value : undefined;
  if (type === 'float' || type === 'double')
    return typeof value === 'number' ? rounded(value, type) : undefined;
  if (!INTEGRAL.includes(type as string)) return undefined;
  return typeof value === 'bigint' || Number.isSafeInteger(value)
    ? BigInt(value as bigint | number)
    : undefined;
}

/** A float is compared as the float that it is stored as, however its text was cut. */
function rounded(value: number, type: DataType): number {
  return type === 'float' ? Math.fround(value) : value;
}

const INTEGRAL = ['byte', 'short', 'integer', 'long', 'date', 'timestamp', 'timestamp_ntz'];

function partitionBounds(value: string | null, type: DataType): Bounds {
  if (value === null || value === '') return { mayBeNull: true, mayBeValue: false };
  const known = orderedText(value, type);
  return {
    ...(known === undefined ? {} : { min: known, max: known }),
    mayBeNull: false,
    mayBeValue: true,
  };
}

interface FileStats {
  numRecords?: unknown;
  minValues?: Record<string, unknown>;
  maxValues?: Record<string, unknown>;
  nullCount?: Record<string, unknown>;
}

const MILLISECOND = 1000n; // microseconds

/** Times in statistics are cut to milliseconds by some writers, so a maximum may be up to one too low. */
function columnBounds(stats: FileStats, name: string, type: DataType): Bounds {
  const min = orderedText(boundOf(stats.minValues, name), type);
  const max = orderedText(boundOf(stats.maxValues, name), type);
  const nulls = countOf(boundOf(stats.nullCount, name));
  const records = countOf(stats.numRecords);
  const isTime = type === 'timestamp' || type === 'timestamp_ntz';
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max: isTime ? (max as bigint) + MILLISECOND : max }),
    mayBeNull: nulls === undefined || nulls > 0n,
    mayBeValue: nulls === undefined || records === undefined || nulls < records,
  };
}

function boundOf(values: unknown, name: string): unknown {
  if (typeof values !== 'object' || values === null || !Object.hasOwn(values, name)) return undefined;
  return (values as Record<string, unknown>)[name];
}

/** Of a struct there is an object of counts, which is not known here. */
function countOf(count: unknown): bigint | undefined {
  return typeof count === 'string' && /^\d+$/.test(count) ? BigInt(count) : undefined;
}

/** Integers stay text: beyond 2^53 a number of JavaScript is another one. */
function parseStats(stats: string | undefined): FileStats {
  if (stats === undefined) return {};
  const exact = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? (context?.source ?? value) : value;
  try {
    const parsed: unknown = JSON.parse(stats, exact as (key: string, value: unknown) => unknown);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {}; // statistics are a help, not a truth
  }
}

function orderedText(text: unknown, type: DataType): Ordered | undefined {
  if (text === undefined || text === null) return undefined;
  if (type === 'string') return typeof text === 'string' ? text : undefined;
  if (type === 'float' || type === 'double') {
    const number = rounded(Number(text), type);
    return Number.isNaN(number) ? undefined : number;
  }
  if (type === 'date') return daysOf(String(text));
  if (type === 'timestamp' || type === 'timestamp_ntz') return microsOf(String(text));
  return INTEGRAL.includes(type as string) && /^-?\d+$/.test(String(text)) ? BigInt(String(text)) : undefined;
}

const DAY_MS = 86_400_000;

function daysOf(text: string): bigint | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const millis = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(millis) ? undefined : BigInt(millis / DAY_MS);
}

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)?$/;

/** Without a zone a time is in UTC. */
function microsOf(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, day, time, fraction = '', zone = 'Z'] = match;
  const millis = Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(millis) ? undefined : BigInt(millis) * 1000n + BigInt(fraction.padEnd(6, '0'));
}
