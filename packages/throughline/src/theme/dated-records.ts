/** Records with their themes and times, and how many there are of each theme in each period. */
import { relation } from '@throughline/delta';
import { parseWindow, windowOf } from '../chunk/window.ts';
import type { Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { recordThemesOf, type ThemeTables } from './open-themes.ts';
import type { Period } from './periods.ts';

/** Values of an attribute that are counted for themselves. */
const VALUES = 10;

/** `dated`: each record with its theme, time (microseconds since 1970 UTC, or null) and value. */
export async function stageDated(
  session: Session,
  tables: ThemeTables,
  by: string | undefined,
): Promise<void> {
  await using passages = await relation(tables.passages);
  await using themes = await relation(recordThemesOf(tables));
  const value = by === undefined ? 'NULL::VARCHAR' : `arg_max(nullif(trim("${by}"), ''), _at)`;
  await session.query(
    `CREATE TABLE dated AS SELECT _id, _theme, micros, value FROM ${themes.sql} JOIN (
       SELECT _id, epoch_us(max(_at)) AS micros, ${value} AS value FROM ${passages.sql} WHERE ${tables.within ?? 'true'} GROUP BY _id) USING (_id)`,
  );
}

export interface Span {
  first: bigint;
  last: bigint;
  days: number;
  records: number;
  withoutTime: number;
}

export async function spanOf(session: Session): Promise<Span> {
  const [row] = await session.query(
    'SELECT min(micros) AS first, max(micros) AS last, count(micros) AS records, count(*) - count(micros) AS without FROM dated',
  );
  const { first, last, records, without } = row as Record<string, bigint | null>;
  if (typeof first !== 'bigint' || typeof last !== 'bigint')
    throw new ThroughlineError('no record has a time, and so there are no trends', {
      code: 'times_missing',
      exitCode: EXIT.badData,
      hint: 'Name the column with the time of a record (source.timestamp), and run again.',
    });
  const days = Number(last - first) / 86_400e6 + 1;
  return { first, last, days, records: Number(records), withoutTime: Number(without) };
}

/** All records, or those of one value. */
export interface Counted {
  value: string | null;
  totals: number[];
  /** By theme, then by period. */
  counts: Map<string, number[]>;
}

const DAY = 86_400_000_000n;
/** The offset of every zone is a multiple of it. */
const QUARTER_HOUR = 900_000_000n;

export async function countByPeriod(
  session: Session,
  {
    every,
    zone,
    periods,
    hasValues,
  }: { every: string; zone: string; periods: readonly Period[]; hasValues: boolean },
): Promise<Counted[]> {
  const step = zone === 'UTC' ? DAY : QUARTER_HOUR;
  const window = parseWindow(every);
  const number = new Map(periods.map(({ from }, i) => [from, i]));
  const periodOf = new Map<bigint, number | undefined>();
  const groups = new Map<string | null, Counted>();
  const emptyCounts = () => new Array<number>(periods.length).fill(0);
  const add = (value: string | null, theme: string | null, period: number, records: number) => {
    const group = groups.get(value) ?? { value, totals: emptyCounts(), counts: new Map<string, number[]>() };
    groups.set(value, group);
    group.totals[period]! += records;
    if (theme === null) return;
    const own = group.counts.get(theme) ?? emptyCounts();
    group.counts.set(theme, own);
    own[period]! += records;
  };
  const values = `SELECT value FROM dated WHERE value IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${VALUES}`;
  const sql = (of: string, where: string) =>
    `SELECT ${of} AS value, _theme, micros - ((micros % ${step}) + ${step}) % ${step} AS start, count(*) AS records FROM dated
     WHERE micros IS NOT NULL AND ${where} GROUP BY ALL`;
  const sides = [sql('NULL::VARCHAR', 'true'), ...(hasValues ? [sql('value', `value IN (${values})`)] : [])];
  for await (const batch of session.stream(sides.join(' UNION ALL ')))
    for (const [value, theme, start, records] of batch as [string | null, string | null, bigint, bigint][]) {
      if (!periodOf.has(start)) periodOf.set(start, number.get(windowOf(start, window, zone).from));
      const period = periodOf.get(start);
      if (period !== undefined) add(value, theme, period, Number(records));
    }
  const total = ({ totals }: Counted) => totals.reduce((sum, records) => sum + records, 0);
  return [...groups.values()].sort(
    (a, b) =>
      Number(a.value !== null) - Number(b.value !== null) ||
      total(b) - total(a) ||
      (a.value! < b.value! ? -1 : 1),
  );
}
