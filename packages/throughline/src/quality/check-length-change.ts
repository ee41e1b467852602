import type { Session } from '../engine/local/session.ts';
import { type Found, rounded } from './found.ts';

/**
 * How far the lengths of the texts are from those that serve: the largest difference of the two distribution functions (Kolmogorov 1933,
 * Smirnov 1939), from 0 to 1. A record's length is where its last passage ends. `now` and `before`: table expressions of passages.
 * Memory: DuckDB's; here one row for each length.
 */
export async function checkLengthChange(
  { max }: { max: number },
  { session, now, before }: { session: Session; now: string; before: string | undefined },
): Promise<Found> {
  const expected = `a distance of at most ${max}`;
  if (before === undefined) return { status: 'passed', observed: null, expected };
  const lengths = (side: number, passages: string) =>
    `SELECT ${side} AS side, max(_end) AS length FROM ${passages} AS p${side} GROUP BY _chunk, _id`;
  const rows = await session.query(
    `SELECT count(*) FILTER (WHERE side = 0)::DOUBLE AS old, count(*) FILTER (WHERE side = 1)::DOUBLE AS new FROM (${lengths(0, before)} UNION ALL ${lengths(1, now)}) GROUP BY length ORDER BY length`,
  );
  const counts = rows.map(({ old, new: fresh }) => [Number(old), Number(fresh)] as const);
  const observed = distance(counts);
  if (observed === undefined) return { status: 'passed', observed: null, expected };
  return { status: observed <= max ? 'passed' : 'failed', observed: rounded(observed), expected };
}

/** Of two samples, as counts of each value in order; undefined where one is empty. */
export function distance(counts: readonly (readonly [number, number])[]): number | undefined {
  const total = (side: 0 | 1) => counts.reduce((sum, one) => sum + one[side], 0);
  const [m, n] = [total(0), total(1)];
  if (m === 0 || n === 0) return undefined;
  let [a, b, most] = [0, 0, 0];
  for (const [old, fresh] of counts) {
    a += old;
    b += fresh;
    most = Math.max(most, Math.abs(a / m - b / n));
  }
  return most;
}
