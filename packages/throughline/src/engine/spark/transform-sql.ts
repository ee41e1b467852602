/** The steps of `transform` over the rows of many chunks at once, each chunk by itself, and what the mapper needs of them. */
import type { Config } from '../../config/index.ts';
import { type Mapping, mappedColumns } from '../../source/mapping.ts';
import { type SourceColumns, sourceColumns } from './columns.ts';
import { PLACE } from './place.ts';
import { sparkName } from './sql.ts';

/** Steps and the order in which later rows take the place of earlier ones. */
interface Rows {
  sql: string;
  /** Columns. After SQL it is that of content: SQL keeps no other. */
  order: string[];
}

/**
 * A query of rows for the mapper, those of a chunk and id in one task: idx, id, timestamp, superseded, copy, text, attributes.
 * `from` has idx, part, ord, block, mid, c0, c1, ...; `chunks` are those that it holds.
 */
export function mappedRowsSql(
  from: string,
  chunks: readonly { idx: number; part: number }[],
  { config, mapping, tasks }: { config: Config; mapping: Mapping; tasks: number },
): string {
  const columns = sourceColumns(config, mapping);
  const all = `SELECT idx, ${PLACE}, ${columns.all.join(', ')} FROM ${from}`;
  const rows = config.transform.some((step) => 'sql' in step)
    ? union(
        chunks.map(({ idx, part }) =>
          transformed(`${all} WHERE part = ${part} AND idx = ${idx}`, config, mapping, idx),
        ),
      )
    : transformed(all, config, mapping);
  return selected(rows, columns, mapping, tasks);
}

/** A user's SQL is about one chunk, `idx`: it is put to each by itself. */
function transformed(sql: string, config: Config, mapping: Mapping, idx = 0): Rows {
  const columns = sourceColumns(config, mapping);
  let rows: Rows = { sql, order: PLACE.split(', ') };
  for (const step of config.transform) {
    if ('sql' in step) rows = userSql(rows, step.sql, idx, columns, mapping);
    if ('dedupe' in step) rows = dedupe(rows, columns.named(step.dedupe));
    if ('drop_nulls' in step) rows = dropNulls(rows, step.drop_nulls.flatMap(columns.named));
  }
  return rows;
}

function union(parts: readonly Rows[]): Rows {
  return { sql: parts.map(({ sql }) => sql).join('\nUNION ALL '), order: parts[0]!.order };
}

/** Characters that are no white space to JavaScript's trim(), by which the mapper takes a text for empty. */
const VISIBLE = '[^\\\\t\\\\n\\\\x0B\\\\f\\\\r\\\\p{Z}\\\\uFEFF]';

function dropNulls({ sql, order }: Rows, columns: readonly string[]): Rows {
  const present = columns.map((column) => `coalesce(regexp_like(${column}, '${VISIBLE}'), false)`);
  return { sql: `SELECT * FROM (${sql}) WHERE ${present.join(' AND ')}`, order };
}

/** Rows without any value are all kept. */
function dedupe({ sql, order }: Rows, columns: readonly string[]): Rows {
  const empty = columns.map((column) => `${column} IS NULL`).join(' AND ');
  return {
    sql: `SELECT * EXCEPT (seen) FROM (SELECT *, CASE WHEN ${empty} THEN 1
      ELSE row_number() OVER (PARTITION BY idx, ${columns.join(', ')} ORDER BY ${forwards(order)}) END AS seen FROM (${sql})) WHERE seen = 1`,
    order,
  };
}

function userSql({ sql }: Rows, text: string, idx: number, columns: SourceColumns, mapping: Mapping): Rows {
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

function selected({ sql, order }: Rows, columns: SourceColumns, mapping: Mapping, tasks: number): string {
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
