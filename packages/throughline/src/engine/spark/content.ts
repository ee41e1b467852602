/** What decides whether rows are equal, in Spark's SQL: the same numbers as the local engine computes. */
import type { Config } from '../../config/index.ts';
import type { Mapping } from '../../source/mapping.ts';
import type { SourceColumns } from './columns.ts';
import { PLACE } from './place.ts';

/** 64 bits of the sha256 of a row, as DECIMAL(20,0). */
export function contentSql(columns: SourceColumns, mapping: Mapping): string {
  const cells = columns.names.map((name, i) => {
    const cell = mapping.text.includes(name) ? `sha2(c${i}, 256)` : `c${i}`;
    return `coalesce(concat(octet_length(${cell}), ':', ${cell}), '-')`;
  });
  return hash64(`concat(${cells.join(', ')})`);
}

/**
 * `chunk`, `n`, `content`: count and sum of the contents by `chunk`, one of the columns of `from`. Where one row takes the place of
 * another, the content of all but the first of the equals has its rank in it.
 */
export function digestsSql(
  from: string,
  chunk: string,
  { config, mapping, columns }: { config: Config; mapping: Mapping; columns: SourceColumns },
): string {
  const keys = orderedKeys(config, mapping, columns);
  return `SELECT ${chunk}, count(*) AS n, sum(content) AS content FROM (${ranked(from, chunk, keys)}) GROUP BY ${chunk}`;
}

/** `n`, `content` of lines that are no rows: `from` has their file, and the line as `corrupt`. */
export function rejectsDigestSql(from: string): string {
  return `SELECT count(*) AS n, sum(${hash64("concat(file, ':', corrupt)")}) AS content FROM ${from}`;
}

function ranked(from: string, chunk: string, keys: readonly (readonly string[])[]): string {
  if (keys.length === 0) return `SELECT ${chunk}, content FROM ${from}`;
  // Hashes in place of keys, which may be long texts.
  const narrow = keys.map((key, i) => `${keyHash(key)} AS k${i}`).join(', ');
  const ranks = keys
    .map(
      (_, i) =>
        `CASE WHEN k${i} IS NULL THEN 1 ELSE row_number() OVER (PARTITION BY ${chunk}, k${i} ORDER BY ${PLACE}) END AS r${i}`,
    )
    .join(', ');
  const all = keys.map((_, i) => `r${i}`).join(', ');
  const highest = keys.length === 1 ? all : `greatest(${all})`;
  return `SELECT ${chunk}, CASE WHEN ${highest} = 1 THEN content ELSE ${hash64(`concat_ws(':', content, ${all})`)} END AS content
    FROM (SELECT ${chunk}, content, ${ranks} FROM (SELECT ${chunk}, content, ${PLACE}, ${narrow} FROM ${from}))`;
}

/** The columns by which a later or an earlier row wins. After SQL the order is that of content, not of the source. */
function orderedKeys({ transform }: Config, mapping: Mapping, columns: SourceColumns): string[][] {
  const sql = transform.findIndex((step) => 'sql' in step);
  const steps = sql < 0 ? transform : transform.slice(0, sql);
  const keys = steps.flatMap((step) => ('dedupe' in step ? [columns.named(step.dedupe)] : []));
  if (mapping.id !== undefined && sql < 0) keys.unshift([columns.of(mapping.id)]);
  return keys;
}

function keyHash(columns: readonly string[]): string {
  const there = columns.map((column) => `${column} IS NOT NULL`).join(' OR ');
  const cells = columns.map((column) => `coalesce(sha2(${column}, 256), '-')`).join(', ');
  return `CASE WHEN ${there} THEN substr(sha2(concat(${cells}), 256), 1, 32) END`;
}

function hash64(text: string): string {
  return `CAST(conv(substr(sha2(${text}, 256), 1, 16), 16, 10) AS DECIMAL(20,0))`;
}
