/** Some of the rows that differ, so that a person can look at them. Ids and texts are as the sides have them. */
import type { Session } from '../engine/local/session.ts';

export interface Row {
  id: string | null;
  /** Of a passage in its record, from 0. */
  ordinal: number | null;
}

export interface RowOfBoth extends Row {
  /** Beginnings of both texts; null where a side has none. */
  a: string | null;
  b: string | null;
}

export interface WorstRow extends RowOfBoth {
  cosine: number;
}

export interface UnlikeVectors extends Row {
  /** missing | not_finite | zero, or the dimension. */
  a: string;
  b: string;
}

export interface Examples {
  missing: Row[];
  extra: Row[];
  duplicates: Row[];
  changed: RowOfBoth[];
  vectors: UnlikeVectors[];
  notComparable: Row[];
}

const SHOWN = 5;
const SHOWN_WORST = 10;
const SHOWN_CHARACTERS = 200;
/** Nearer to 1 is the rounding of float32. */
const ROUNDING = 1e-6;

/** The first of each kind by id. */
export async function examplesOf(session: Session): Promise<Examples> {
  const pairs = async (condition: string) =>
    (
      await session.query(`SELECT DISTINCT id, ordinal FROM pairs WHERE ${condition} ${ORDER} LIMIT ${SHOWN}`)
    ).map(rowOf);
  return {
    missing: await pairs('b IS NULL AND nth = 1'),
    extra: await pairs('a IS NULL AND nth = 1'),
    duplicates: await pairs('nth > 1 AND (a IS NULL OR b IS NULL)'),
    changed: (await session.query(`${BOTH} WHERE changed ${ORDER} LIMIT ${SHOWN}`)).map(rowOfBoth),
    vectors: await unlikeVectors(session),
    notComparable: await pairs('NOT comparable AND a IS NOT NULL AND b IS NOT NULL'),
  };
}

/** The farthest first; none that only rounding has moved. */
export async function worstRows(session: Session): Promise<WorstRow[]> {
  const rows = await session.query(
    `${BOTH} WHERE m.comparable AND cosine < ${1 - ROUNDING} ORDER BY cosine, m.id, m.ordinal LIMIT ${SHOWN_WORST}`,
  );
  return rows.map((row) => ({ ...rowOfBoth(row), cosine: Number(row.cosine) }));
}

const ORDER = 'ORDER BY id, ordinal';
const BOTH = `SELECT m.id AS id, m.ordinal AS ordinal, m.cosine AS cosine, left(x.text, ${SHOWN_CHARACTERS}) AS a, left(y.text, ${SHOWN_CHARACTERS}) AS b
  FROM measured AS m JOIN a_rows AS x ON x.rowid = m.a JOIN b_rows AS y ON y.rowid = m.b`;

async function unlikeVectors(session: Session): Promise<UnlikeVectors[]> {
  const state = (side: 'a' | 'b') =>
    `CASE ${side}_state WHEN 'sound' THEN CAST(${side}_dimension AS VARCHAR) ELSE ${side}_state END AS ${side}`;
  const rows = await session.query(
    `SELECT id, ordinal, ${state('a')}, ${state('b')} FROM measured WHERE comparable AND differ ${ORDER} LIMIT ${SHOWN}`,
  );
  return rows.map((row) => ({ ...rowOf(row), a: String(row.a), b: String(row.b) }));
}

function rowOf({ id, ordinal }: Record<string, unknown>): Row {
  return { id: id as string | null, ordinal: ordinal === null ? null : Number(ordinal) };
}

function rowOfBoth(row: Record<string, unknown>): RowOfBoth {
  return { ...rowOf(row), a: row.a as string | null, b: row.b as string | null };
}
