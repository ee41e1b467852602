import type { Session } from '../engine/local/session.ts';

export interface VectorAgreement {
  /** Rows with a cosine. */
  compared: number;
  /** Cosines; null without any. Quantiles are of rows, by nearest rank: one row in a hundred is at or below p1. */
  min: number | null;
  p1: number | null;
  p5: number | null;
  median: number | null;
  mean: number | null;
  /** Share of the compared rows below the limit. */
  below: number;
  /** Rows whose vectors cannot be compared, unless they are equal all the same. */
  unlike: number;
  /** Rows of two sound vectors of different lengths. */
  otherDimension: number;
  missing: PerSide;
  notFinite: PerSide;
  zero: PerSide;
}

interface PerSide {
  a: number;
  b: number;
}

/** Of the rows that both sides have and that can be compared. Sorting spills to the disk. */
export async function vectorAgreement(session: Session, limit: number): Promise<VectorAgreement> {
  const states = ['missing', 'not_finite', 'zero'].flatMap((state) =>
    ['a', 'b'].map((side) => `count(*) FILTER (${side}_state = '${state}') AS ${state}_${side}`),
  );
  const [row] =
    await session.query(`SELECT count(cosine) AS compared, min(cosine) AS min, avg(cosine) AS mean,
      count(*) FILTER (cosine < ${limit}) AS below, count(*) FILTER (differ) AS unlike,
      count(*) FILTER (a_state = 'sound' AND b_state = 'sound' AND a_dimension <> b_dimension) AS other_dimension,
      ${states.join(', ')}
    FROM measured WHERE comparable`);
  const count = (name: string) => Number(row![name]);
  const perSide = (state: string) => ({ a: count(`${state}_a`), b: count(`${state}_b`) });
  const compared = count('compared');
  return {
    compared,
    min: numberOrNull(row!.min),
    p1: await quantile(session, compared, 0.01),
    p5: await quantile(session, compared, 0.05),
    median: await quantile(session, compared, 0.5),
    mean: numberOrNull(row!.mean),
    below: compared === 0 ? 0 : count('below') / compared,
    unlike: count('unlike'),
    otherDimension: count('other_dimension'),
    missing: perSide('missing'),
    notFinite: perSide('not_finite'),
    zero: perSide('zero'),
  };
}

/** DuckDB's own quantiles hold every value in memory. */
async function quantile(session: Session, count: number, share: number): Promise<number | null> {
  const place = Math.max(0, Math.ceil(count * share) - 1);
  const [row] = await session.query(
    `SELECT cosine FROM measured WHERE comparable AND cosine IS NOT NULL ORDER BY cosine LIMIT 1 OFFSET ${place}`,
  );
  return numberOrNull(row?.cosine);
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
