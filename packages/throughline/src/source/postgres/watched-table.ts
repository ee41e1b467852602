/** A table whose rows say when they changed last, as the statements that find those rows. Names are quoted, values are parameters. */
import { quoteIdentifier } from '@throughline/delta';
import type { SourceConfig } from '../../config/index.ts';
import { EXIT, ThroughlineError } from '../../error.ts';
import { requiredColumns } from '../mapping.ts';
import { requireColumns } from '../relation.ts';
import type { Connection } from './connect.ts';
import { databaseSource } from './database-source.ts';
import { timeText } from './microseconds.ts';

/** A row with an older watermark, such as a zero of another language, counts as one that has none. */
export const FIRST_MICROS = 86_400_000_000;

const TYPES: Record<string, string> = {
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
};

export interface WatchedRow {
  id: string | null;
  /** As Postgres writes it. */
  watermark: string | null;
  /** No later than the clock of the server; null of a row without a watermark. */
  micros: number | null;
  isDeleted: boolean;
  /** Texts of the columns, in their order. */
  cells: readonly (string | null)[];
}

/** Where a table stands when somebody looks. */
export interface Standing {
  /** The clock of the server, in microseconds since 1970 UTC. */
  now: number;
  /** The newest watermark as Postgres writes it, which may be later; null where no row has one. */
  newest: string | null;
  /** The same, no later than `now`, in microseconds since 1970 UTC. */
  newestMicros: number;
}

/** The last row of a page. */
export type Mark = Pick<WatchedRow, 'id' | 'watermark'>;

export interface WatchedTable {
  /** Of every row that is read. */
  columns: readonly string[];
  standing(connection: Connection): Promise<Standing>;
  /** Rows with a watermark from `from` on and up to `standing.newest`, by watermark and id. */
  marked(connection: Connection, from: number, standing: Standing, page: Page): Promise<WatchedRow[]>;
  /** Rows without a watermark, by id. */
  unmarked(connection: Connection, standing: Standing, page: Page): Promise<WatchedRow[]>;
  byIds(connection: Connection, ids: readonly string[]): Promise<WatchedRow[]>;
  /** A SELECT of the ids of all rows that are not deleted. */
  keysSql: string;
}

interface Page {
  after: Mark | undefined;
  limit: number;
}

/** Throws with exit code 66 where there is no such table, 78 for a column that is not there or is no time. */
export async function watchTable(
  connection: Connection,
  source: SourceConfig,
  columns: readonly string[],
): Promise<WatchedTable> {
  const { watermark, deleted } = source.changes!;
  const found = await databaseSource(connection, source);
  const own = [source.id!, watermark, ...(deleted === undefined ? [] : [deleted])];
  const there = found.columns.map(({ name }) => name);
  requireColumns(found.name, there, [...new Set([...requiredColumns(source, columns), ...own])]);
  const type = timeType(watermark, found.columns.find(({ name }) => name === watermark)!.type!);
  // A name alone would be that of a text that is selected, and be sorted as one.
  const quoted = (column: string) => `source.${quoteIdentifier(column)}`;
  const from = source.table === undefined ? found.from : `${found.from} AS source`;
  const [id, time] = [quoted(source.id!), quoted(watermark)];
  const isDeleted = deletedSql(deleted === undefined ? undefined : quoted(deleted));
  const first = `'${timeText(FIRST_MICROS)}'::${type}`;
  const micros = (sql: string) => `(extract(epoch FROM ${sql}) * 1000000)::bigint::text`;
  const texts = columns.map((column) => (there.includes(column) ? `${quoted(column)}::text` : 'NULL::text'));
  /** $1 is the clock of the server. */
  const select = `SELECT ${id}::text, ${time}::text, CASE WHEN ${time} >= ${first} THEN ${micros(`least(${time}, $1::${type})`)} END,
    (${isDeleted})::text, ${texts.join(', ')} FROM ${from}`;
  const query = async ({ client, run }: Connection, text: string, values: unknown[]) =>
    (await run(client.query({ text, values, rowMode: 'array' }))).rows as (string | null)[][];
  const rows = async (connection: Connection, text: string, values: unknown[]) =>
    (await query(connection, text, values)).map(watchedRow);
  return {
    columns,
    async standing(connection) {
      const [now, newest] = [`now()::${type}`, `max(${time})`];
      const values = [micros(now), `${newest}::text`, micros(`least(${newest}, ${now})`)];
      const text = `SELECT ${values.join(', ')} FROM ${from} WHERE ${time} >= ${first}`;
      const [row] = await query(connection, text, []);
      return { now: Number(row![0]), newest: row![1]!, newestMicros: Number(row![2]) };
    },
    marked(connection, from, { now, newest }, { after, limit }) {
      const values = [timeText(now), after?.watermark ?? timeText(from), newest, limit];
      // Pairs are compared by the index, however many rows have one watermark. Without an id a row has no place among them.
      const next =
        after === undefined
          ? `${time} >= $2::${type}`
          : after.id === null
            ? `${time} > $2::${type}`
            : `(${time}, ${id}) > ($2::${type}, $5)`;
      const where = `${next} AND ${time} <= $3::${type}`;
      const text = `${select} WHERE ${where} ORDER BY ${time}, ${id} NULLS LAST LIMIT $4`;
      return rows(connection, text, after?.id == null ? values : [...values, after.id]);
    },
    async unmarked(connection, { now }, { after, limit }) {
      // Those without an id are last, and nothing tells one from another.
      if (after?.id === null) return [];
      const next = after === undefined ? '' : ` AND (${id} > $3 OR ${id} IS NULL)`;
      const where = `(${time} IS NULL OR ${time} < ${first})${next}`;
      const text = `${select} WHERE ${where} ORDER BY ${id} NULLS LAST LIMIT $2`;
      return await rows(connection, text, [timeText(now), limit, ...(after === undefined ? [] : [after.id])]);
    },
    byIds: (connection, ids) =>
      rows(connection, `${select} WHERE ${id} = ANY($2) ORDER BY ${id}`, [FAR_FUTURE, [...ids]]),
    keysSql: `SELECT ${id}::text FROM ${from} WHERE ${id}::text <> '' AND NOT ${isDeleted}`,
  };
}

/** Whether a row is marked as deleted, by the column that says so, which is quoted. */
export function deletedSql(column: string | undefined): string {
  return column === undefined ? 'false' : `coalesce(${column}::text NOT IN ('false', '0'), false)`;
}

/** Of rows whose watermark is not asked for. */
const FAR_FUTURE = timeText(Number.MAX_SAFE_INTEGER);

function timeType(column: string, type: string): string {
  const known = TYPES[type];
  if (known !== undefined) return known;
  throw new ThroughlineError(`source.changes.watermark: ${column} is a ${type}, not a time`, {
    code: 'config_invalid',
    exitCode: EXIT.config,
    hint: 'Name a column of type timestamp or timestamptz, or make one: query: SELECT *, to_timestamp(changed) AS changed_at FROM tickets.',
  });
}

function watchedRow([id, watermark, micros, isDeleted, ...cells]: (string | null)[]): WatchedRow {
  return {
    id: id!,
    watermark: watermark!,
    micros: micros === null ? null : Number(micros),
    isDeleted: isDeleted === 'true',
    // An empty text is no value: a run that copies the table reads it so.
    cells: cells.map((cell) => (cell === '' ? null : cell)),
  };
}
