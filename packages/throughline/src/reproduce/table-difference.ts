/** Two versions of a table, row by row, bit by bit. */
import { quoteIdentifier, quoteLiteral, type Relation, relation, type Snapshot } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';

export interface TableDifference {
  table: string;
  rows: { recorded: number; again: number };
  /** Rows of the run that were not made again, and rows that only came now. */
  missing: number;
  extra: number;
  /** Rows of both, by column that differs. */
  changed: Record<string, number>;
  /** Keys of some rows that differ, and in what. */
  examples: string[];
}

export interface TableShape {
  table: string;
  /** What names a row; rows that share it are paired in the order of their content. */
  key: readonly string[];
  /** Columns that are another in each run. */
  without?: readonly string[];
  /** Chunks that are left out on both sides. */
  withoutChunks?: readonly string[];
}

const EXAMPLES = 5;

/**
 * Of each value but the key its digest is kept: on disk, 32 bytes a cell; memory does not grow. The shortest text of a float names its
 * bits, the sign of zero included.
 */
export async function tableDifference(
  session: Session,
  recorded: Snapshot,
  again: Snapshot,
  shape: TableShape,
): Promise<TableDifference> {
  const { table, key, without = [] } = shape;
  const columns = recorded.metadata.schema.fields
    .map(({ name }) => name)
    .filter((name) => !key.includes(name) && !without.includes(name));
  await stage(session, 'recorded', recorded, columns, shape);
  await stage(session, 'again', again, columns, shape);
  const same = [...key, 'nth'].map((name) => `x.${q(name)} IS NOT DISTINCT FROM y.${q(name)}`).join(' AND ');
  const differs = (name: string) => `x.${q(name)} IS DISTINCT FROM y.${q(name)}`;
  const both = 'x.nth IS NOT NULL AND y.nth IS NOT NULL';
  const counts = columns.map((name, i) => `count(*) FILTER (${both} AND ${differs(name)}) AS c${i}`);
  const joined = `recorded AS x FULL JOIN again AS y ON ${same}`;
  const [row] = await session.query(`SELECT count(x.nth) AS recorded, count(y.nth) AS again,
      count(*) FILTER (y.nth IS NULL) AS missing, count(*) FILTER (x.nth IS NULL) AS extra
      ${counts.map((one) => `, ${one}`).join('')} FROM ${joined}`);
  const changed = columns.flatMap((name, i) => {
    const count = Number(row![`c${i}`]);
    return count > 0 ? [[name, count] as const] : [];
  });
  const names = columns.map(
    (name) => `CASE WHEN ${both} AND ${differs(name)} THEN ${quoteLiteral(name)} END`,
  );
  const keys = key.map((name) => `coalesce(x.${q(name)}, y.${q(name)})::VARCHAR`);
  const found = await session.query(`SELECT concat_ws(' ', ${keys.join(', ')}) AS key,
      CASE WHEN y.nth IS NULL THEN 'missing' WHEN x.nth IS NULL THEN 'extra'
        ELSE concat_ws(', ', ${[...names, 'NULL'].join(', ')}) END AS what
    FROM ${joined} WHERE x.nth IS NULL OR y.nth IS NULL OR ${columns.map(differs).join(' OR ') || 'false'}
    ORDER BY key LIMIT ${EXAMPLES}`);
  await session.query('DROP TABLE recorded');
  await session.query('DROP TABLE again');
  return {
    table,
    rows: { recorded: Number(row!.recorded), again: Number(row!.again) },
    missing: Number(row!.missing),
    extra: Number(row!.extra),
    changed: Object.fromEntries(changed),
    examples: found.map(({ key, what }) => `${String(key).slice(0, 100)}: ${what}`),
  };
}

async function stage(
  session: Session,
  name: string,
  snapshot: Snapshot,
  columns: readonly string[],
  { key, withoutChunks = [] }: TableShape,
): Promise<void> {
  await using rows: Relation = await relation(snapshot);
  const digests = columns.map((column) => `md5(CAST(${q(column)} AS VARCHAR)) AS ${q(column)}`);
  const left = withoutChunks.map(quoteLiteral).join(', ');
  const where = withoutChunks.length === 0 ? '' : ` WHERE _chunk NOT IN (${left})`;
  const keys = key.map(q).join(', ');
  const order = columns.length === 0 ? '' : ` ORDER BY ${columns.map(q).join(', ')}`;
  await session.query(`CREATE TABLE ${name} AS SELECT *, row_number() OVER (PARTITION BY ${keys}${order}) AS nth
    FROM (SELECT ${[...key.map(q), ...digests].join(', ')} FROM ${rows.sql} AS t${where})`);
}

function q(name: string): string {
  return quoteIdentifier(name);
}

export function isSame({ missing, extra, changed }: TableDifference): boolean {
  return missing === 0 && extra === 0 && Object.keys(changed).length === 0;
}
