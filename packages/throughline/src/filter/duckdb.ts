import type { Filter, TextTest } from './filter.ts';
import { toSql } from './sql.ts';
import { timestampText } from './timestamp.ts';

/**
 * A DuckDB condition that is never NULL. `columnSql` gives the SQL of a column, quoted. Columns: VARCHAR,
 * BIGINT (or a smaller integer), DOUBLE, BOOLEAN, TIMESTAMPTZ; the session keeps the default, binary, collation.
 */
export function toDuckDb(filter: Filter, columnSql: (name: string) => string): string {
  return toSql(filter, {
    column: columnSql,
    string: duckDbString,
    double: (value) => `CAST('${value}' AS DOUBLE)`,
    timestamp: (micros) => `CAST('${timestampText(micros)}' AS TIMESTAMPTZ)`,
    text: (is, column, text) => `${TEXT[is]}(${column}, ${duckDbString(text)})`,
    size: (column) => `length(${column})`,
    isNaN: (column) => `isnan(${column})`,
    compared: (column) => column,
  });
}

const TEXT: Record<TextTest, string> = {
  startsWith: 'starts_with',
  endsWith: 'ends_with',
  contains: 'contains',
};

/**
 * Any well-formed text as a DuckDB literal. Inside quotes only the quote itself has a meaning; a NUL would end
 * the statement, because it is handed over as a C string, and is written as chr(0).
 */
export function duckDbString(text: string): string {
  if (!text.includes('\0')) return quoted(text);
  return `(${text.split('\0').map(quoted).join(' || chr(0) || ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
