import { FilterNotSupportedError } from './errors.ts';
import type { Filter, TextTest } from './filter.ts';
import { toSql } from './sql.ts';

export interface PostgresWords {
  /** SQL of a column, quoted. */
  column: (name: string) => string;
  /** Binds a value; gives its place in the statement, such as `$3`. */
  bind: (value: string) => string;
}

/**
 * A Postgres condition that is never NULL. Texts are bound, so none can become a part of it. Columns: text COLLATE "C" of a database in
 * UTF8, bigint, double precision, boolean; a timestamp is a bigint of microseconds. Throws FilterNotSupportedError for a text with
 * NUL, which Postgres has not.
 */
export function toPostgres(filter: Filter, { column, bind }: PostgresWords): string {
  const text = (value: string) => `${bind(withoutNul(value))}::text`;
  return toSql(filter, {
    column,
    string: text,
    double: (value) => `CAST('${value}' AS double precision)`,
    timestamp: (micros) => `CAST('${micros}' AS bigint)`,
    text: (is, of, value) => TEXT[is](of, text(value)),
    size: (of) => `char_length(${of})`,
    isNaN: (of) => `(${of} = CAST('NaN' AS double precision))`,
    compared: (of) => of,
  });
}

const TEXT: Record<TextTest, (column: string, text: string) => string> = {
  startsWith: (column, text) => `starts_with(${column}, ${text})`,
  endsWith: (column, text) => `right(${column}, char_length(${text})) = ${text}`,
  contains: (column, text) => `strpos(${column}, ${text}) > 0`,
};

function withoutNul(text: string): string {
  if (!text.includes('\0')) return text;
  throw new FilterNotSupportedError(
    'Postgres has no texts with the character NUL',
    'Filter by what stands before or after it.',
  );
}
