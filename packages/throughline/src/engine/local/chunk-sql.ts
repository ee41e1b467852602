/** The steps of `transform` in DuckDB's SQL, and what the mapper needs of the rows that they leave. */
import { quoteIdentifier, quoteLiteral } from '@throughline/delta';
import type { Config } from '../../config/index.ts';
import { type Mapping, mappedColumns } from '../../source/mapping.ts';
import { OWN } from '../../source/own-columns.ts';
import type { SqlStep } from '../../transform/index.ts';
import { columnsNamed, stagedColumns } from './staged-columns.ts';

/** A character that is no white space to JavaScript's trim(), by which the mapper takes a text for empty. */
const VISIBLE = '[^\\t\\n\\v\\f\\r\\pZ\\x{FEFF}]';

/** Rows of a chunk as they were staged: OWN.row, columns. */
export function stagedSql(config: Config, mapping: Mapping, chunk: string): string {
  return `SELECT ${OWN.row}, ${list(stagedColumns(config, mapping))} FROM staged WHERE ${OWN.chunk} = ${quoteLiteral(chunk)}`;
}

/** What steps make of the rows of `from`, which have OWN.row and `columns`: the query, and the columns of it. */
export function stepsSql(
  from: string,
  columns: readonly string[],
  steps: readonly SqlStep[],
  mapping: Mapping,
): { sql: string; columns: readonly string[] } {
  let made = { sql: from, columns };
  for (const step of steps) {
    if ('sql' in step) made = userSql(made.sql, step.sql, made.columns, mapping);
    if ('dedupe' in step) made = { ...made, sql: dedupeSql(made.sql, columnsNamed(step.dedupe, mapping)) };
    if ('drop_nulls' in step) {
      const present = step.drop_nulls
        .flatMap((name) => columnsNamed(name, mapping))
        .map((column) => `coalesce(regexp_matches(${quoteIdentifier(column)}, '${VISIBLE}'), false)`);
      made = { ...made, sql: `SELECT * FROM (${made.sql}) WHERE ${present.join(' AND ')}` };
    }
  }
  return made;
}

/** What the mapper needs of the rows, in order: id, timestamp, superseded, copy, texts, attributes. */
export function mapperSql(rows: string, mapping: Mapping): string {
  return `SELECT ${selected(mapping)} FROM (${rows}) ORDER BY ${OWN.row}`;
}

/** SQL keeps no order: its rows are ordered by their content, so that every run sees the same. */
function userSql(input: string, sql: string, columns: readonly string[], mapping: Mapping) {
  const needed = mappedColumns(mapping);
  const texts = needed.map(
    (column) => `CAST(${quoteIdentifier(column)} AS VARCHAR) AS ${quoteIdentifier(column)}`,
  );
  const body = sql.trim().replace(/;\s*$/, '');
  return {
    sql: `SELECT row_number() OVER (ORDER BY ${list(needed)}) AS ${OWN.row}, ${list(needed)}
    FROM (SELECT ${texts.join(', ')} FROM (WITH input AS (SELECT ${list(columns)} FROM (${input})) SELECT * FROM (\n${body}\n)))`,
    columns: needed,
  };
}

/** Rows without any value are all kept. */
function dedupeSql(input: string, columns: readonly string[]): string {
  const empty = columns.map((column) => `${quoteIdentifier(column)} IS NULL`).join(' AND ');
  return `SELECT * FROM (${input}) QUALIFY (${empty}) OR row_number() OVER (PARTITION BY ${list(columns)} ORDER BY ${OWN.row}) = 1`;
}

/** id, timestamp, superseded, copy, texts, attributes. */
function selected(mapping: Mapping): string {
  const column = (name: string | undefined) => (name === undefined ? 'NULL::VARCHAR' : quoteIdentifier(name));
  const superseded =
    mapping.id === undefined
      ? 'false'
      : `${column(mapping.id)} IS NOT NULL AND row_number() OVER (PARTITION BY ${column(mapping.id)} ORDER BY ${OWN.row} DESC) > 1`;
  const copy =
    mapping.id === undefined
      ? `row_number() OVER (PARTITION BY ${list(mappedColumns(mapping))} ORDER BY ${OWN.row})`
      : '1';
  const attributes = mapping.attributes.map((attribute) => column(attribute.column));
  return [
    column(mapping.id),
    column(mapping.timestamp),
    superseded,
    copy,
    ...mapping.text.map(column),
    ...attributes,
  ].join(', ');
}

export function list(columns: readonly string[]): string {
  return columns.map((column) => quoteIdentifier(column)).join(', ');
}
