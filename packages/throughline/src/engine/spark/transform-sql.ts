/** The steps of `transform` over the rows of many chunks at once, each chunk by itself, and what the mapper needs of them. */
import type { Config } from '../../config/index.ts';
import { type Mapping, mappedColumns } from '../../source/mapping.ts';
import type { SqlStep } from '../../transform/index.ts';
import { type SourceColumns, sourceColumns } from './columns.ts';
import { PLACE } from './place.ts';
import { sparkName } from './sql.ts';

/** Rows and the order in which later ones take the place of earlier ones. */
export interface OrderedRows {
  readonly sql: string;
  /** Columns. After SQL it is that of content: SQL keeps no other. */
  readonly order: readonly string[];
}

/** Rows of several chunks: `from` has idx, part, ord, path, block, mid, c0, c1, ... of those that `chunks` names. */
export interface ChunksOfRows {
  readonly from: string;
  readonly chunks: readonly { idx: number; part: number }[];
}

interface Mapped {
  readonly config: Config;
  readonly mapping: Mapping;
}

/** What the steps of a stage make of the rows, each chunk by itself: idx, place, c0, c1, ... */
export function stepsSql(
  { from, chunks }: ChunksOfRows,
  steps: readonly SqlStep[],
  { config, mapping }: Mapped,
): OrderedRows {
  const columns = sourceColumns(config, mapping);
  const all = `SELECT idx, ${PLACE}, ${columns.all.join(', ')} FROM ${from}`;
  if (!steps.some((step) => 'sql' in step)) return transformed(all, steps, columns, mapping);
  return union(
    chunks.map(({ idx, part }) =>
      transformed(`${all} WHERE part = ${part} AND idx = ${idx}`, steps, columns, mapping, idx),
    ),
  );
}

/** Rows for the mapper, those of a chunk and id in one task: idx, id, timestamp, superseded, copy, text, attributes. */
export function mapperRowsSql(rows: OrderedRows, { config, mapping }: Mapped, tasks: number): string {
  return selected(rows, sourceColumns(config, mapping), mapping, tasks);
}

/** Rows for a command of the transform: idx, place, cells. Those of a chunk follow each other in a task, in their order. */
export function commandRowsSql(
  rows: OrderedRows,
  { config, mapping }: Mapped,
  { tasks, parts }: { tasks: number; parts: number },
): string {
  const columns = sourceColumns(config, mapping);
  const cells = mappedColumns(mapping).map(columns.of);
  const isPlaced = rows.order.join(', ') === PLACE;
  // After SQL a row has no place: its number among the others of its chunk becomes one.
  const placed = isPlaced
    ? rows.sql
    : `SELECT * EXCEPT (mid), CAST(row_number() OVER (PARTITION BY idx ORDER BY ${forwards(rows.order)}) AS BIGINT) AS mid FROM (${rows.sql})`;
  return `SELECT idx, named_struct('ord', ord, 'path', path, 'block', CAST(block AS STRING), 'mid', CAST(mid AS STRING)) AS place, array(${cells.join(', ')}) AS cells
    FROM (SELECT /*+ REPARTITION(${tasks}, idx, bucket) */ *, pmod(xxhash64(${PLACE}), ${parts}) AS bucket FROM (${placed})) SORT BY idx, ${PLACE}`;
}

const DEAD = 'STRUCT<step: STRING, id: STRING, code: STRING, message: STRING, payload: STRING>';

/** Columns of what a command has answered. */
export const ANSWERED = `idx INT, place STRUCT<ord: INT, path: STRING, block: STRING, mid: STRING>, cells ARRAY<STRING>, dead ${DEAD}`;

/** Rows that a command has answered with columns, as those of the source: for the next stage. */
export function answeredRowsSql(answered: string, { config, mapping }: Mapped): string {
  const columns = sourceColumns(config, mapping);
  const mapped = mappedColumns(mapping);
  const cells = columns.names.map((name, i) => {
    const at = mapped.indexOf(name);
    return at < 0 ? `CAST(NULL AS STRING) AS c${i}` : `cells[${at}] AS c${i}`;
  });
  return `(SELECT idx, idx AS part, place.ord AS ord, place.path AS path, CAST(place.block AS BIGINT) AS block, CAST(place.mid AS BIGINT) AS mid, ${cells.join(', ')}
    FROM ${answered} WHERE dead IS NULL)`;
}

/** The first rows of each chunk, in their order. */
export function firstOfChunksSql({ sql, order }: OrderedRows, limit: number): OrderedRows {
  return {
    sql: `SELECT * EXCEPT (number) FROM (SELECT *, row_number() OVER (PARTITION BY idx ORDER BY ${forwards(order)}) AS number FROM (${sql})) WHERE number <= ${limit}`,
    order,
  };
}

/** A user's SQL is about one chunk, `idx`: it is put to each by itself. */
function transformed(
  sql: string,
  steps: readonly SqlStep[],
  columns: SourceColumns,
  mapping: Mapping,
  idx = 0,
): OrderedRows {
  let rows: OrderedRows = { sql, order: PLACE.split(', ') };
  for (const step of steps) {
    if ('sql' in step) rows = userSql(rows, step.sql, idx, columns, mapping);
    if ('dedupe' in step) rows = dedupe(rows, columns.named(step.dedupe));
    if ('drop_nulls' in step) rows = dropNulls(rows, step.drop_nulls.flatMap(columns.named));
  }
  return rows;
}

function union(parts: readonly OrderedRows[]): OrderedRows {
  return { sql: parts.map(({ sql }) => sql).join('\nUNION ALL '), order: parts[0]!.order };
}

/** Characters that are no white space to JavaScript's trim(), by which the mapper takes a text for empty. */
const VISIBLE = '[^\\\\t\\\\n\\\\x0B\\\\f\\\\r\\\\p{Z}\\\\uFEFF]';

function dropNulls({ sql, order }: OrderedRows, columns: readonly string[]): OrderedRows {
  const present = columns.map((column) => `coalesce(regexp_like(${column}, '${VISIBLE}'), false)`);
  return { sql: `SELECT * FROM (${sql}) WHERE ${present.join(' AND ')}`, order };
}

/** Rows without any value are all kept. */
function dedupe({ sql, order }: OrderedRows, columns: readonly string[]): OrderedRows {
  const empty = columns.map((column) => `${column} IS NULL`).join(' AND ');
  return {
    sql: `SELECT * EXCEPT (seen) FROM (SELECT *, CASE WHEN ${empty} THEN 1
      ELSE row_number() OVER (PARTITION BY idx, ${columns.join(', ')} ORDER BY ${forwards(order)}) END AS seen FROM (${sql})) WHERE seen = 1`,
    order,
  };
}

function userSql(
  { sql }: OrderedRows,
  text: string,
  idx: number,
  columns: SourceColumns,
  mapping: Mapping,
): OrderedRows {
  const needed = mappedColumns(mapping);
  const inputs = columns.names.map((name, i) => `c${i} AS ${sparkName(name)}`).join(', ');
  const outputs = columns.names.map((name, i) =>
    needed.includes(name) ? `CAST(${sparkName(name)} AS STRING) AS c${i}` : `CAST(NULL AS STRING) AS c${i}`,
  );
  const body = text.trim().replace(/;\s*$/, '');
  return {
    sql: `SELECT ${idx} AS idx, 0 AS ord, '' AS path, 0L AS block, 0L AS mid, ${outputs.join(', ')} FROM (WITH input AS (SELECT ${inputs} FROM (${sql})) SELECT * FROM (\n${body}\n))`,
    order: needed.map(columns.of),
  };
}

function selected(
  { sql, order }: OrderedRows,
  columns: SourceColumns,
  mapping: Mapping,
  tasks: number,
): string {
  const cell = (name: string | undefined) => (name === undefined ? 'CAST(NULL AS STRING)' : columns.of(name));
  const id = cell(mapping.id);
  const same = mapping.id === undefined ? mappedColumns(mapping).map(columns.of) : [id];
  const group = `PARTITION BY spread, idx, ${same.join(', ')}`;
  const [superseded, copy] =
    mapping.id === undefined
      ? ['false', `row_number() OVER (${group} ORDER BY ${forwards(order)})`]
      : [`${id} IS NOT NULL AND row_number() OVER (${group} ORDER BY ${backwards(order)}) > 1`, '1'];
  // Rows without an id are no duplicates of each other, and are not all for one task.
  const spread = mapping.id === undefined ? same.join(', ') : `coalesce(${id}, string(mid))`;
  return `SELECT idx, ${id} AS id, ${cell(mapping.timestamp)} AS timestamp, ${superseded} AS superseded, ${copy} AS copy,
      array(${mapping.text.map(cell).join(', ')}) AS text, array(${mapping.attributes.map(({ column }) => cell(column)).join(', ')}) AS attributes
    FROM (SELECT /*+ REPARTITION(${tasks}, spread) */ * FROM (SELECT *, xxhash64(idx, ${spread}) AS spread FROM (${sql})))`;
}

/** Where nulls are is that of the local engine, not Spark's own. */
function forwards(order: readonly string[]): string {
  return order.map((column) => `${column} ASC NULLS LAST`).join(', ');
}

function backwards(order: readonly string[]): string {
  return order.map((column) => `${column} DESC NULLS FIRST`).join(', ');
}
