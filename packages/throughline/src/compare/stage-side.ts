/**
 * A side's rows as a table of the session: on disk, about as large as the side. In the columns of ROLES and
 *
 *   comparable  whether it can stand beside one row of the other side; only then its vector and theme are there
 *   state       of the vector: missing | not_finite | zero | sound
 *   vector      never null, nor is anything in it; empty where it is missing
 *   dimension   its length
 *   square      its squared length
 *
 * and a table of its keys: `at` is the place of the row, `nth` which one it is of the rows with its key, from 1, ordered by
 * content, whatever the order of the side (ORDER_OF_EQUAL_KEYS).
 */
import type { Session } from '../engine/local/session.ts';
import { readable } from './file-side.ts';
import type { Key } from './key.ts';
import { ROLES, type Side } from './side.ts';

export async function stageSide(
  session: Session,
  name: 'a' | 'b',
  side: Side,
  { level, columns }: Key,
): Promise<void> {
  const whole = level === 'records' && side.level === 'passages';
  if (whole)
    await readable(side.path, session.query(`CREATE TABLE ${name}_passages AS SELECT * FROM ${side.rows}`));
  const rows = whole
    ? wholeRecords(`${name}_passages`, side)
    : `(SELECT *, true AS comparable FROM ${side.rows})`;
  await readable(side.path, session.query(`CREATE TABLE ${name}_rows AS ${measured(rows)}`));
  if (whole) await session.query(`DROP TABLE ${name}_passages`);
  const key = columns.join(', ');
  await session.query(`CREATE TABLE ${name}_nth AS SELECT rowid AS at, ${key},
      CASE WHEN ${columns.map((column) => `${column} IS NULL`).join(' OR ')} THEN 1
        ELSE row_number() OVER (PARTITION BY ${key} ORDER BY ${ORDER_OF_EQUAL_KEYS}) END AS nth
    FROM ${name}_rows`);
}

/**
 * Rows with one key are told apart by what both sides may have alike: their text, and their vector as far as rounding leaves
 * it alone. Themes are named anew by each side.
 */
const ORDER_OF_EQUAL_KEYS = 'hash(text), list_transform(vector, x -> round(CAST(x AS DOUBLE), 3) + 0)';

/** Records of one passage with its vector and theme; of the others only their text, if the side has it whole. */
function wholeRecords(passages: string, { lake }: Side): string {
  const same = (x: string, y: string) =>
    `${x}.id IS NOT DISTINCT FROM ${y}.id AND ${x}.chunk IS NOT DISTINCT FROM ${y}.chunk`;
  const counts = `(SELECT id, chunk, count(*) AS passages FROM ${passages} GROUP BY id, chunk)`;
  const single = `(SELECT p.* FROM ${passages} AS p JOIN ${counts} AS c ON ${same('p', 'c')} WHERE c.passages = 1)`;
  const all = lake?.records ?? `(SELECT id, chunk, CAST(NULL AS VARCHAR) AS text FROM ${counts})`;
  const own: Record<string, string> = { id: 'r.id', chunk: 'r.chunk', text: 'coalesce(r.text, s.text)' };
  // One that has lost its passages lacks its vector: it is not one of several passages.
  return `(SELECT ${ROLES.map((role) => `${own[role] ?? `s.${role}`} AS ${role}`).join(', ')}, coalesce(n.passages, 0) <= 1 AS comparable
    FROM ${all} AS r LEFT JOIN ${single} AS s ON ${same('r', 's')} LEFT JOIN ${counts} AS n ON ${same('r', 'n')})`;
}

/**
 * DuckDB multiplies no vectors with null in them, not even in rows that a condition leaves out: a number that is none is NaN,
 * a vector that is missing is empty.
 */
function measured(rows: string): string {
  const whole = "list_transform(coalesce(vector, []), x -> coalesce(x, CAST('nan' AS FLOAT)))";
  const square = 'list_inner_product(CAST(vector AS DOUBLE[]), CAST(vector AS DOUBLE[]))';
  return `SELECT *, len(vector) AS dimension, CASE WHEN absent THEN 'missing' WHEN NOT isfinite(square) THEN 'not_finite'
      WHEN square = 0 THEN 'zero' ELSE 'sound' END AS state
    FROM (SELECT *, ${square} AS square FROM (SELECT * REPLACE (${whole} AS vector), vector IS NULL AS absent FROM ${rows}))`;
}
