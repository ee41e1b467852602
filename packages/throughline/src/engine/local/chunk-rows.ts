/** The rows of one staged chunk after `transform`, in order. */
import { quoteIdentifier, quoteLiteral } from '@throughline/delta';
import { type Config, ConfigError } from '../../config/index.ts';
import { asThroughlineError, EXIT, ThroughlineError } from '../../error.ts';
import { cutPayload, type DeadLetter, MAX_PAYLOAD, type SourceRow } from '../../mapper/rows.ts';
import { type Mapping, mappedColumns } from '../../source/mapping.ts';
import { OWN } from '../../source/own-columns.ts';
import type { Session } from './session.ts';
import { columnsNamed, stagedColumns } from './staged-columns.ts';

/** Batches of at most 2,048 rows. Throws with exit code 65 where the transform cannot process them. */
export async function* chunkRows(
  session: Session,
  config: Config,
  mapping: Mapping,
  chunk: string,
): AsyncGenerator<SourceRow[]> {
  const texts = mapping.text.length;
  for await (const rows of transformed(session, config, chunkSql(config, mapping, chunk))) {
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

/** The first rows of a chunk; no more than the chunk has. */
export async function firstRows(
  session: Session,
  config: Config,
  mapping: Mapping,
  chunk: string,
  limit: number,
): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const batch of chunkRows(session, config, mapping, chunk)) {
    rows.push(...batch.slice(0, limit - rows.length));
    if (rows.length >= limit) break;
  }
  return rows;
}

/** What DuckDB says of the user's own SQL is about their rows; without it, it would be a fault of ours. */
async function* transformed(session: Session, { transform }: Config, sql: string) {
  try {
    yield* session.stream(sql);
  } catch (cause) {
    const isOfRows = transform.some((step) => 'sql' in step) && asThroughlineError(cause).code === 'internal';
    if (!isOfRows) throw cause;
    throw new ThroughlineError(`transform: ${(cause as Error).message.split('\n')[0]}`, {
      code: 'transform_failed',
      exitCode: EXIT.badData,
      hint: 'The SQL of transform: cannot process a row: mend it or the row, then run again.',
      cause,
    });
  }
}

/** The reader repeats a malformed line in its message. */
const MAX_MESSAGE = 1_000;

/** Lines of the source that are not rows; they belong to no chunk. */
export async function* rejectedRows(session: Session): AsyncGenerator<DeadLetter[]> {
  for await (const rows of session.stream(
    `SELECT file, line, left(payload, ${MAX_PAYLOAD}), length(payload), reason, left(message, ${MAX_MESSAGE}) FROM rejects ORDER BY place`,
  )) {
    yield rows.map(([file, line, payload, length, reason, message]) => ({
      step: 'read',
      id: null,
      code: String(reason),
      message: `${file}${line === null ? '' : `:${line}`}: ${message}`,
      payload: payload === null ? '' : cutPayload(String(payload), Number(length)),
    }));
  }
}

/** Checks the transform against the staged columns. Throws ConfigError with DuckDB's reason. */
export async function checkTransform(session: Session, config: Config, mapping: Mapping): Promise<void> {
  await session.query(`DESCRIBE ${chunkSql(config, mapping, '')}`).catch(async (cause: Error) => {
    const reason = (await syntaxError(session, config)) ?? cause.message.split('\n')[0]!;
    throw new ConfigError(
      'throughline.yaml',
      [{ message: `transform: ${reason}` }],
      'SQL reads the chunk as "input" and gives back the columns of the mapping.',
    );
  });
}

/** What the parser says of the user's SQL by itself: within ours it would stumble at a word that is not the wrong one. */
async function syntaxError(session: Session, config: Config): Promise<string | undefined> {
  for (const step of config.transform) {
    if (!('sql' in step)) continue;
    const [parsed] = await session.query(
      `SELECT t->>'error_type' AS type, t->>'error_message' AS message FROM (SELECT json_serialize_sql(${quoteLiteral(step.sql)}) AS t)`,
    );
    if (parsed!.type === 'parser') return String(parsed!.message);
  }
  return undefined;
}

/** A character that is no white space to JavaScript's trim(), by which the mapper takes a text for empty. */
const VISIBLE = '[^\\t\\n\\v\\f\\r\\pZ\\x{FEFF}]';

function chunkSql(config: Config, mapping: Mapping, chunk: string): string {
  const columns = stagedColumns(config, mapping);
  let sql = `SELECT ${OWN.row}, ${list(columns)} FROM staged WHERE ${OWN.chunk} = ${quoteLiteral(chunk)}`;
  for (const step of config.transform) {
    if ('sql' in step) sql = userSql(sql, step.sql, columns, mapping);
    if ('dedupe' in step) sql = dedupeSql(sql, columnsNamed(step.dedupe, mapping));
    if ('drop_nulls' in step) {
      const present = step.drop_nulls
        .flatMap((name) => columnsNamed(name, mapping))
        .map((column) => `coalesce(regexp_matches(${quoteIdentifier(column)}, '${VISIBLE}'), false)`);
      sql = `SELECT * FROM (${sql}) WHERE ${present.join(' AND ')}`;
    }
  }
  return `SELECT ${selected(mapping)} FROM (${sql}) ORDER BY ${OWN.row}`;
}

/** SQL keeps no order: its rows are ordered by their content, so that every run sees the same. */
function userSql(input: string, sql: string, columns: readonly string[], mapping: Mapping): string {
  const needed = mappedColumns(mapping);
  const texts = needed.map(
    (column) => `CAST(${quoteIdentifier(column)} AS VARCHAR) AS ${quoteIdentifier(column)}`,
  );
  const body = sql.trim().replace(/;\s*$/, '');
  return `SELECT row_number() OVER (ORDER BY ${list(needed)}) AS ${OWN.row}, ${list(needed)}
    FROM (SELECT ${texts.join(', ')} FROM (WITH input AS (SELECT ${list(columns)} FROM (${input})) SELECT * FROM (\n${body}\n)))`;
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

function list(columns: readonly string[]): string {
  return columns.map((column) => quoteIdentifier(column)).join(', ');
}
