import type { ColumnType } from '../config/index.ts';
import { sparkString } from '../engine/spark/sql.ts';
import { DOUBLE, FALSE, LONG, SPACE, TRUE } from './patterns.ts';

/**
 * What `valueSql` is for DuckDB, for Spark: an expression of the column's type over one of type STRING, NULL where the
 * text is not a value. It never fails, whatever the text.
 */
export function sparkValueSql(column: string, type: Exclude<ColumnType, 'timestamp'>): string {
  switch (type) {
    case 'string':
      return `nullif(${column}, '')`;
    case 'long':
      return `try_cast(${only(column, LONG)} AS BIGINT)`;
    case 'double':
      return finite(`try_cast(${only(column, DOUBLE)} AS DOUBLE)`);
    case 'boolean': {
      const word = `lower(${only(column, '[A-Za-z0-9]+')})`;
      return `CASE WHEN ${word} IN (${list(TRUE)}) THEN true WHEN ${word} IN (${list(FALSE)}) THEN false END`;
    }
  }
}

/** The value without the space around it, or an empty text. Java's $ would also match before a last line break. */
function only(column: string, pattern: string): string {
  return `regexp_extract(${column}, ${sparkString(`\\A${SPACE}(${pattern})${SPACE}\\z`)}, 1)`;
}

function finite(double: string): string {
  return `nullif(nullif(${double}, CAST('Infinity' AS DOUBLE)), CAST('-Infinity' AS DOUBLE))`;
}

function list(words: readonly string[]): string {
  return words.map(sparkString).join(', ');
}
