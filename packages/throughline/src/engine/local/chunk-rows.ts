/** The rows of one staged chunk after `transform`, in order. */
import { quoteIdentifier, quoteLiteral } from '@throughline/delta';
import { type Config, ConfigError } from '../../config/index.ts';
import type { DeadLetter, SourceRow } from '../../mapper/rows.ts';
import { type Mapping, mappedColumns } from '../../source/mapping.ts';
import type { Session } from './session.ts';
import { stagedColumns } from './stage.ts';

/** Batches of at most 2,048 rows. */
export async function* chunkRows(
  session: Session,
  config: Config,
  mapping: Mapping,
  chunk: string,
): AsyncGenerator<SourceRow[]> {
  const texts = mapping.text.length;
  for await (const rows of session.stream(chunkSql(config, mapping, chunk))) {
    yield rows.map(
      (cells): SourceRow => ({
        id: cells[0] as string | null,
        timestamp: cells[1] as string | null,
        superseded: cells[2] as boolean,
        copy: Number(cells[3]),
        text: cells.slice(4, 4 + texts) as (string | null)[],
        attributes: cells.slice(4 + texts) as (string | null)[],
      }),
    );
  }
}

/** Lines of the source that are not rows; they belong to no chunk. */
export async function* rejectedRows(session: Session): AsyncGenerator<DeadLetter[]> {
  for await (const rows of session.stream(
    'SELECT file, line, payload, reason, message FROM rejects ORDER BY _row',
  )) {
    yield rows.map(([file, line, payload, reason, message]) => ({
      step: 'read',
      id: null,
      code: String(reason),
      message: `${file}${line === null ? '' : `:${line}`}: ${message}`,
      payload: String(payload ?? ''),
    }));
  }
}

/** Checks the transform against the staged columns. Throws ConfigError with DuckDB's reason. */
export async function checkTransform(session: Session, config: Config, mapping: Mapping): Promise<void> {
  await session.query(`DESCRIBE ${chunkSql(config, mapping, '')}`).catch((cause: Error) => {
    const reason = cause.message.split('\n')[0]!;
    throw new ConfigError(
      'throughline.yaml',
      [{ message: `transform: ${reason}` }],
      'SQL reads the chunk as "input" and gives back the columns of the mapping.',
    );
  });
}

function chunkSql(config: Config, mapping: Mapping, chunk: string): string {
  const columns = stagedColumns(config, mapping);
  let sql = `SELECT _row, ${list(columns)} FROM staged WHERE _chunk = ${quoteLiteral(chunk)}`;
  for (const step of config.transform) {
    if ('sql' in step) sql = userSql(sql, step.sql, columns, mapping);
    if ('dedupe' in step) sql = dedupeSql(sql, columnsNamed(step.dedupe, mapping));
    if ('drop_nulls' in step) {
      const present = step.drop_nulls
        .flatMap((name) => columnsNamed(name, mapping))
        .map((column) => `trim(coalesce(${quoteIdentifier(column)}, '')) <> ''`);
      sql = `SELECT * FROM (${sql}) WHERE ${present.join(' AND ')}`;
    }
  }
  return `SELECT ${selected(mapping)} FROM (${sql}) ORDER BY _row`;
}

/** SQL keeps no order: its rows are ordered by their content, so that every run sees the same. */
function userSql(input: string, sql: string, columns: readonly string[], mapping: Mapping): string {
  const needed = mappedColumns(mapping);
  const texts = needed.map(
    (column) => `CAST(${quoteIdentifier(column)} AS VARCHAR) AS ${quoteIdentifier(column)}`,
  );
  const body = sql.trim().replace(/;\s*$/, '');
  return `SELECT row_number() OVER (ORDER BY ${list(needed)}) AS _row, ${list(needed)}
    FROM (SELECT ${texts.join(', ')} FROM (WITH input AS (SELECT ${list(columns)} FROM (${input}))\n${body}\n))`;
}

/** Rows without any value are all kept. */
function dedupeSql(input: string, columns: readonly string[]): string {
  const empty = columns.map((column) => `${quoteIdentifier(column)} IS NULL`).join(' AND ');
  return `SELECT * FROM (${input}) QUALIFY (${empty}) OR row_number() OVER (PARTITION BY ${list(columns)} ORDER BY _row) = 1`;
}

/** id, timestamp, superseded, copy, texts, attributes. */
function selected(mapping: Mapping): string {
  const column = (name: string | undefined) => (name === undefined ? 'NULL::VARCHAR' : quoteIdentifier(name));
  const superseded =
    mapping.id === undefined
      ? 'false'
      : `${column(mapping.id)} IS NOT NULL AND row_number() OVER (PARTITION BY ${column(mapping.id)} ORDER BY _row DESC) > 1`;
  const copy =
    mapping.id === undefined
      ? `row_number() OVER (PARTITION BY ${list(mappedColumns(mapping))} ORDER BY _row)`
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

/** `text` means all text columns, unless a column has that name. */
function columnsNamed(name: string, mapping: Mapping): readonly string[] {
  return name === 'text' && !mappedColumns(mapping).includes('text') ? mapping.text : [name];
}

function list(columns: readonly string[]): string {
  return columns.map((column) => quoteIdentifier(column)).join(', ');
}
