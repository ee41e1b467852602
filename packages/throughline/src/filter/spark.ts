import { sparkString } from '../engine/spark/sql.ts';
import type { Filter, TextTest } from './filter.ts';
import { toSql } from './sql.ts';

/**
 * A condition for Spark 4 that is never NULL. `columnSql` gives the SQL of a column, quoted. Columns: STRING of the
 * default, binary, collation, BIGINT (or a smaller integer), DOUBLE, BOOLEAN, TIMESTAMP. No setting of the session
 * changes what it means. Some 100 levels of brackets are more than Spark's parser takes.
 */
export function toSpark(filter: Filter, columnSql: (name: string) => string): string {
  return toSql(filter, {
    column: columnSql,
    string: sparkString,
    double: (value) => `CAST('${value}' AS DOUBLE)`,
    timestamp: (micros) => `timestamp_micros(CAST('${micros}' AS BIGINT))`,
    text: (is, column, text) => `${TEXT[is]}(${column}, ${sparkString(text)})`,
    size: (column) => `char_length(${column})`,
    isNaN: (column) => `isnan(${column})`,
    compared: (column, type) => (type === 'double' ? withoutNegativeZero(column) : column),
  });
}

const TEXT: Record<TextTest, string> = {
  startsWith: 'startswith',
  endsWith: 'endswith',
  contains: 'contains',
};

/**
 * -0.0 becomes 0.0. Spark holds them to be equal, but its reader of Parquet files skips a row group whose dictionary
 * has only the other one; behind an addition it looks at the rows.
 */
function withoutNegativeZero(column: string): string {
  return `(${column} + CAST('0' AS DOUBLE))`;
}
