/**
 * Which row of A is which row of B: a table `pairs` of the session with id, ordinal, nth, the places `a` and `b` of the rows
 * in a_rows and b_rows (null where one is missing), and whether the two are `comparable`; and a table `measured` with
 * a row for each pair of two: whether its text was `changed`, its `cosine` and what its vectors are (`a_state`,
 * `b_state`), and whether they `differ` where there is no cosine. Both are narrow; joins spill to the disk.
 */
import type { Session } from '../engine/local/session.ts';
import type { Key } from './key.ts';

export async function matchSides(session: Session, { columns }: Key): Promise<void> {
  const on = [...columns, 'nth'].map((column) => `x.${column} = y.${column}`).join(' AND ');
  await session.query(`CREATE TABLE matches AS SELECT x.at AS a, y.at AS b, coalesce(x.nth, y.nth) AS nth
    FROM a_nth AS x FULL JOIN b_nth AS y ON ${on}`);
  await session.query(`CREATE TABLE pairs AS SELECT coalesce(x.id, y.id) AS id, coalesce(x.ordinal, y.ordinal) AS ordinal, m.*,
    coalesce(x.comparable, true) AND coalesce(y.comparable, true) AS comparable
    FROM matches AS m LEFT JOIN a_rows AS x ON x.rowid = m.a LEFT JOIN b_rows AS y ON y.rowid = m.b`);
}

export async function measurePairs(session: Session): Promise<void> {
  const [va, vb] = ['CAST(x.vector AS DOUBLE[])', 'CAST(y.vector AS DOUBLE[])'];
  const sound = "x.state = 'sound' AND y.state = 'sound' AND x.dimension = y.dimension";
  const product = `list_inner_product(CASE WHEN ${sound} THEN ${va} ELSE [] END, CASE WHEN ${sound} THEN ${vb} ELSE [] END)`;
  await session.query(`CREATE TABLE measured AS SELECT p.rowid AS pair, p.id, p.ordinal, p.a, p.b, p.comparable, x.text <> y.text AS changed,
      x.state AS a_state, y.state AS b_state, x.dimension AS a_dimension, y.dimension AS b_dimension,
      NOT (${sound}) AND (x.state <> y.state OR ${va} <> ${vb}) AS differ,
      CASE WHEN ${sound} THEN CASE WHEN ${va} = ${vb} THEN 1 ELSE greatest(-1, least(1, ${product} / sqrt(x.square * y.square))) END END AS cosine
    FROM pairs AS p JOIN a_rows AS x ON x.rowid = p.a JOIN b_rows AS y ON y.rowid = p.b`);
}
