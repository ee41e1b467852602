/**
 * Whether the two sides have the same neighbours: for a sample of rows, the ten nearest of each side by an exact scan of
 * its vectors, which stream past the sample. In memory: the sample's vectors and its neighbours.
 */
import type { Session } from '../engine/local/session.ts';
import { nearestTo } from './nearest.ts';

export interface NeighbourOverlap {
  /** Rows of the sample; the same for the same ids. */
  queries: number;
  /** Neighbours of each row: ten, or all others of a smaller side. */
  neighbours: number;
  /** Mean share of the neighbours that the sides have in common, from 0 to 1; null if there are none. */
  overlap: number | null;
}

const NEIGHBOURS = 10;
/** Cosines nearer than this are one: which of equally near rows is the tenth says nothing. */
const TIE = 1e-6;

/** `queries`: the most rows of the sample. Reads the tables of matchSides and measurePairs. */
export async function neighbourOverlap(session: Session, queries: number): Promise<NeighbourOverlap> {
  await session.query(`CREATE TABLE sample AS SELECT row_number() OVER () AS query, pair FROM (
    SELECT pair FROM measured WHERE comparable AND a_state = 'sound' AND b_state = 'sound'
    ORDER BY md5(concat_ws(' ', id, ordinal)), pair LIMIT ${queries})`);
  for (const side of ['a', 'b'] as const) await findNearest(session, side);
  const [row] = await session.query(`SELECT count(*) AS queries, max(found) AS neighbours,
    avg(least(a_in_b, b_in_a) / found) FILTER (found > 0) AS overlap FROM sample LEFT JOIN (${perQuery()}) USING (query)`);
  const { overlap } = row!;
  return {
    queries: Number(row!.queries),
    neighbours: Number(row!.neighbours ?? 0),
    overlap: overlap === null ? null : Number(overlap),
  };
}

/** Tables a_queries and a_nearest (query, pair, cosine), and a view of all that can be a neighbour. */
async function findNearest(session: Session, side: 'a' | 'b'): Promise<void> {
  await session.query(`CREATE VIEW ${side}_candidates AS SELECT p.rowid AS pair, hash(p.id, p.ordinal) AS place,
      CAST(x.vector AS DOUBLE[]) AS vector, x.square, x.dimension
    FROM ${side}_rows AS x JOIN pairs AS p ON p.${side} = x.rowid WHERE p.comparable AND x.state = 'sound'`);
  await session.query(
    `CREATE TABLE ${side}_queries AS SELECT s.query, c.* FROM sample AS s JOIN ${side}_candidates AS c USING (pair)`,
  );
  await session.query(`CREATE TABLE ${side}_found (near_to BIGINT, pair BIGINT, cosine DOUBLE)`);
  const dimensions = await session.query(`SELECT DISTINCT dimension FROM ${side}_queries`);
  for (const { dimension } of dimensions) await scanPast(session, side, Number(dimension));
  await session.query(`CREATE VIEW ${side}_nearest AS SELECT q.query, f.pair, f.cosine
    FROM ${side}_found AS f JOIN ${side}_queries AS q ON q.pair = f.near_to`);
}

async function scanPast(session: Session, side: 'a' | 'b', dimension: number): Promise<void> {
  const unit = 'list_transform(vector, x -> CAST(x / sqrt(square) AS FLOAT)) AS vector';
  const of = (table: string) =>
    `(SELECT pair, place, ${unit} FROM ${side}_${table} WHERE dimension = ${dimension})`;
  const nearest = await nearestTo(session, of('queries'), of('candidates'), dimension, NEIGHBOURS);
  const rows = [...nearest].flatMap(([pair, near]) =>
    near.map((one) => `(${pair}, ${one.pair}, ${one.cosine})`),
  );
  if (rows.length > 0) await session.query(`INSERT INTO ${side}_found VALUES ${rows.join(', ')}`);
}

function cosine(x: string, y: string): string {
  return `list_inner_product(${x}.vector, ${y}.vector) / sqrt(${x}.square * ${y}.square)`;
}

/** A neighbour on one side counts if it is as near as the farthest neighbour on the other. */
function perQuery(): string {
  const cosines = (side: 'a' | 'b') => `(SELECT q.query, c.pair, ${cosine('q', 'c')} AS cosine
    FROM (SELECT query, pair FROM a_nearest UNION SELECT query, pair FROM b_nearest) AS u
    JOIN ${side}_queries AS q USING (query) JOIN ${side}_candidates AS c ON c.pair = u.pair AND c.dimension = q.dimension)`;
  const farthest = (side: 'a' | 'b') =>
    `(SELECT query, min(cosine) AS cosine FROM ${side}_nearest GROUP BY query)`;
  const shared = (from: 'a' | 'b', to: 'a' | 'b') => `(SELECT n.query, count(*) AS found,
      count(*) FILTER (c.cosine >= f.cosine - ${TIE}) AS shared
    FROM ${from}_nearest AS n LEFT JOIN ${cosines(to)} AS c ON c.query = n.query AND c.pair = n.pair
    LEFT JOIN ${farthest(to)} AS f ON f.query = n.query GROUP BY n.query)`;
  return `SELECT query, coalesce(x.shared, 0) AS a_in_b, coalesce(y.shared, 0) AS b_in_a,
      greatest(coalesce(x.found, 0), coalesce(y.found, 0)) AS found
    FROM ${shared('a', 'b')} AS x FULL JOIN ${shared('b', 'a')} AS y USING (query)`;
}
