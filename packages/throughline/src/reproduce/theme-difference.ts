/** Themes of two lakes: the same passages together, with the same scores, whatever numbers the themes have got. */
import { openTable, relation, type Snapshot } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { TableDifference } from './table-difference.ts';

export interface ThemesVersionOf {
  lake: Lake;
  version: string;
}

const EXAMPLES = 5;

/**
 * A theme is the counterpart of the one with which it shares most passages, if that holds both ways; then of each passage the
 * theme, score and margin, and of each theme the keywords and the size have to be equal.
 */
export async function themeDifferences(
  session: Session,
  recorded: ThemesVersionOf,
  again: ThemesVersionOf,
): Promise<TableDifference[]> {
  await using x = await relation(await tableOf(recorded, 'assignments'));
  await using y = await relation(await tableOf(again, 'assignments'));
  await session.query(`CREATE TABLE assigned AS SELECT coalesce(x._passage, y._passage) AS passage,
      x._passage IS NULL AS is_extra, y._passage IS NULL AS is_missing,
      coalesce(x._found, '') AS ta, coalesce(y._found, '') AS tb, (x._theme IS NULL) <> (y._theme IS NULL) AS left_out,
      x._score::VARCHAR IS DISTINCT FROM y._score::VARCHAR AS score, x._margin::VARCHAR IS DISTINCT FROM y._margin::VARCHAR AS margin
    FROM ${x.sql} AS x FULL JOIN ${y.sql} AS y ON x._passage = y._passage`);
  await session.query(`CREATE TABLE counterparts AS WITH pairs AS
      (SELECT ta, tb, count(*) AS n FROM assigned WHERE NOT is_extra AND NOT is_missing GROUP BY ALL)
    SELECT * FROM (SELECT ta, arg_max(tb, n) AS tb FROM pairs GROUP BY ta)
      JOIN (SELECT tb, arg_max(ta, n) AS ta FROM pairs GROUP BY tb) USING (ta, tb)`);
  const differences = [await ofPassages(session), await ofThemes(session, recorded, again)];
  await session.query('DROP TABLE assigned');
  await session.query('DROP TABLE counterparts');
  return differences;
}

function tableOf({ lake, version }: ThemesVersionOf, table: string): Promise<Snapshot> {
  return openTable(lakePath(lake.root, table, version));
}

async function ofPassages(session: Session): Promise<TableDifference> {
  const both = 'NOT is_extra AND NOT is_missing';
  const joined = 'assigned LEFT JOIN counterparts AS c USING (ta, tb)';
  const theme = '(c.ta IS NULL OR left_out)';
  const [row] = await session.query(`SELECT count(*) FILTER (NOT is_extra) AS recorded,
      count(*) FILTER (NOT is_missing) AS again, count(*) FILTER (is_missing) AS missing, count(*) FILTER (is_extra) AS extra,
      count(*) FILTER (${both} AND ${theme}) AS theme, count(*) FILTER (${both} AND score) AS score,
      count(*) FILTER (${both} AND margin) AS margin FROM ${joined}`);
  const found = await session.query(
    `SELECT passage FROM ${joined} WHERE is_extra OR is_missing OR ${theme} OR score OR margin ORDER BY passage LIMIT ${EXAMPLES}`,
  );
  return differenceOf(
    'assignments',
    row!,
    ['theme', 'score', 'margin'],
    found.map(({ passage }) => String(passage)),
  );
}

async function ofThemes(
  session: Session,
  recorded: ThemesVersionOf,
  again: ThemesVersionOf,
): Promise<TableDifference> {
  await using x = await relation(await tableOf(recorded, 'themes'));
  await using y = await relation(await tableOf(again, 'themes'));
  const joined = `(SELECT t.*, c.tb FROM ${x.sql} AS t LEFT JOIN counterparts AS c ON c.ta = t.id WHERE t.kind = 'theme') AS x
    FULL JOIN (SELECT * FROM ${y.sql} AS t WHERE t.kind = 'theme') AS y ON x.tb = y.id`;
  const both = 'x.id IS NOT NULL AND y.id IS NOT NULL';
  const [row] = await session.query(`SELECT count(x.id) AS recorded, count(y.id) AS again,
      count(*) FILTER (y.id IS NULL) AS missing, count(*) FILTER (x.id IS NULL) AS extra,
      count(*) FILTER (${both} AND x.keywords IS DISTINCT FROM y.keywords) AS keywords,
      count(*) FILTER (${both} AND x.size IS DISTINCT FROM y.size) AS size FROM ${joined}`);
  const found = await session.query(`SELECT coalesce(x.id, y.id) AS id FROM ${joined}
    WHERE x.id IS NULL OR y.id IS NULL OR x.keywords IS DISTINCT FROM y.keywords OR x.size IS DISTINCT FROM y.size
    ORDER BY id LIMIT ${EXAMPLES}`);
  return differenceOf(
    'themes',
    row!,
    ['keywords', 'size'],
    found.map(({ id }) => String(id)),
  );
}

function differenceOf(
  table: string,
  row: Record<string, unknown>,
  columns: readonly string[],
  examples: string[],
): TableDifference {
  const changed = columns.filter((name) => Number(row[name]) > 0).map((name) => [name, Number(row[name])]);
  return {
    table,
    rows: { recorded: Number(row.recorded), again: Number(row.again) },
    missing: Number(row.missing),
    extra: Number(row.extra),
    changed: Object.fromEntries(changed),
    examples,
  };
}
