/**
 * Typed values out of strings: in TypeScript for the mapper, in DuckDB's SQL for filters before it, and in Spark's
 * (`spark-values.ts`). All follow the same patterns, so that a filter and the tables never disagree about a value.
 */
import type { ColumnType } from '../config/index.ts';
import { DOUBLE, FALSE, LONG, SPACE, TRUE } from './patterns.ts';
import { parseTimestamp, type TimestampFormat } from './timestamp.ts';

export type Value = string | bigint | number | boolean | null;

const LONG_PATTERN = new RegExp(`^${SPACE}(${LONG})${SPACE}$`);
const DOUBLE_PATTERN = new RegExp(`^${SPACE}(${DOUBLE})${SPACE}$`);
const BOOLEAN_PATTERN = new RegExp(`^${SPACE}([a-z0-9]+)${SPACE}$`, 'i');

/** The value of `text` as `type`, or undefined if it is not one. */
export function parseValue(text: string, type: ColumnType, format: TimestampFormat): Value | undefined {
  switch (type) {
    case 'string':
      return text;
    case 'long': {
      const match = LONG_PATTERN.exec(text);
      return match ? BigInt(match[1]!.replace(/^\+/, '')) : undefined;
    }
    case 'double': {
      const value = Number(DOUBLE_PATTERN.exec(text)?.[1] ?? 'NaN');
      return Number.isFinite(value) ? value : undefined;
    }
    case 'boolean': {
      const word = BOOLEAN_PATTERN.exec(text)?.[1]?.toLowerCase() ?? '';
      return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
    }
    case 'timestamp':
      return parseTimestamp(text, format);
  }
}

/** The same for DuckDB: an expression of the column's type, NULL where the text is not a value. */
export function valueSql(column: string, type: Exclude<ColumnType, 'timestamp'>): string {
  const only = (pattern: string) =>
    `nullif(regexp_extract(${column}, '^${SPACE}(${pattern})${SPACE}$', 1), '')`;
  switch (type) {
    case 'string':
      // An empty text is null in the tables, as it is in CSV.
      return `nullif(${column}, '')`;
    case 'long':
      return `CAST(${only(LONG)} AS BIGINT)`;
    case 'double':
      return `list_filter([TRY_CAST(${only(DOUBLE)} AS DOUBLE)], v -> isfinite(v))[1]`;
    case 'boolean': {
      const word = `lower(${only('[A-Za-z0-9]+')})`;
      const list = (words: string[]) => words.map((one) => `'${one}'`).join(', ');
      return `CASE WHEN ${word} IN (${list(TRUE)}) THEN true WHEN ${word} IN (${list(FALSE)}) THEN false END`;
    }
  }
}
