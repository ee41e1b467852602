/** How themes change with time: records of each theme by period, what is news, and which texts stand behind it. */
import { quoteLiteral, relation } from '@throughline/delta';
import { type TrendPoint, trends } from '@throughline/themes';
import { DateTime } from 'luxon';
import { parseWindow, windowOf } from '../chunk/window.ts';
import { openSession, type Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import { isZone } from '../source/timestamp.ts';
import { unknownAttribute } from '../unknown-attribute.ts';
import { chosenPeriod, type Period, periodsBetween, periodsOfYear } from './periods.ts';
import { openThemes, recordThemesOf, type ThemeTables } from './read.ts';

export interface TrendsRequest {
  /** Length of a period: 1d, 7d, 1M, 1y; chosen by the number of records unless told. */
  every?: string | undefined;
  /** The latest so many periods; 24 by default. */
  periods?: number | undefined;
  /** An attribute of text: a trend for each of its most frequent values, too. */
  by?: string | undefined;
  /** In which days begin. */
  zone?: string | undefined;
}

export interface ThemeTrend {
  id: string;
  label: string;
  /** One for each period. */
  points: TrendPoint[];
}

export interface TrendGroup {
  /** Of the attribute; null for all records. */
  value: string | null;
  /** Records of each period. */
  totals: number[];
  /** The largest first. */
  themes: ThemeTrend[];
}

/** A theme that is more, less or new in the last period. */
export interface TrendNews {
  value: string | null;
  theme: string;
  label: string;
  change: Exclude<TrendPoint['change'], 'none'>;
  share: number;
  before: number;
  q: number;
  /** Of the period, those that belong to the theme most clearly; only of the first twenty. */
  texts: { recordId: string; text: string }[];
}

export interface ThemesTrends {
  version: string;
  every: string;
  zone: string;
  by: string | null;
  periods: Period[];
  /** The last period may go on: no record of its last day was seen. */
  lastIsOpen: boolean;
  /** All records first, then the values of the attribute by their number of records. */
  groups: TrendGroup[];
  news: TrendNews[];
  /** Records without a time are in no period. */
  withoutTime: number;
}

const PERIODS = 24;
const VALUES = 10;
const NEWS_TEXTS = 3;
/** Each is a query over the texts. */
const NEWS_WITH_TEXTS = 20;

/**
 * A record counts once, for its own theme; those without one, of hidden themes and without content count among all. Throws with exit code 64 for an attribute that is not there, 65 where no record has a time. Memory: counts by
 * theme, value and day (a quarter of an hour where `zone` is not UTC).
 */
export async function themesTrends(lake: Lake, request: TrendsRequest = {}): Promise<ThemesTrends> {
  const { by, zone = 'UTC' } = request;
  if (!isZone(zone)) throw unknownZone(zone);
  const tables = await openThemes(lake);
  if (by !== undefined && !tables.textAttributes.includes(by))
    throw unknownAttribute(by, tables.textAttributes);
  await using session = await openSession();
  await stage(session, tables, by);
  const span = await spanOf(session);
  const every = request.every ?? chosenPeriod(span.records, span.days);
  const season = periodsOfYear(every);
  const most = request.periods ?? PERIODS;
  // A year more than is shown: what comes each year is no news.
  const all = periodsBetween(span.first, span.last, { every, zone, most: most + (season ?? 0) });
  const periods = all.slice(-most);
  const labels = await labelsOf(session, tables);
  const counted = await count(session, { every, zone, periods: all, hasValues: by !== undefined });
  const groups = counted.map(({ value, totals, counts }): TrendGroup => {
    const ids = [...counts.keys()].filter((id) => labels.has(id)).sort(byTotal(counts, most));
    const points = trends(
      { totals, counts: ids.map((id) => counts.get(id)!) },
      { ...(season && { season }) },
    );
    return {
      value,
      totals: totals.slice(-most),
      themes: ids.map((id, i) => ({ id, label: labels.get(id)!, points: points[i]!.slice(-most) })),
    };
  });
  const last = periods.at(-1)!;
  return {
    ...{ version: tables.version, every, zone, by: by ?? null, periods, groups },
    lastIsOpen: dayAfter(span.last, zone) < last.to,
    news: await newsOf(session, tables, groups, { ...last, zone }),
    withoutTime: span.withoutTime,
  };
}

/** `dated`: each record with its theme, time (microseconds since 1970 UTC, or null) and value. */
async function stage(session: Session, tables: ThemeTables, by: string | undefined): Promise<void> {
  await using passages = await relation(tables.passages);
  await using themes = await relation(recordThemesOf(tables));
  const value = by === undefined ? 'NULL::VARCHAR' : `arg_max(nullif(trim("${by}"), ''), _at)`;
  await session.query(
    `CREATE TABLE dated AS SELECT _id, _theme, micros, value FROM ${themes.sql} JOIN (
       SELECT _id, epoch_us(max(_at)) AS micros, ${value} AS value FROM ${passages.sql} GROUP BY _id) USING (_id)`,
  );
}

function unknownZone(zone: string): ThroughlineError {
  return new ThroughlineError(`"${zone}" is not a time zone`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: 'A zone is named as Europe/London, or UTC.',
  });
}

interface Span {
  first: bigint;
  last: bigint;
  days: number;
  records: number;
  withoutTime: number;
}

async function spanOf(session: Session): Promise<Span> {
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

/** Of the themes that are shown: not of hidden ones, nor of texts without content, which only count among all records. */
async function labelsOf(session: Session, { themes }: ThemeTables): Promise<Map<string, string>> {
  await using all = await relation(themes);
  const rows = await session.query(`SELECT id, label FROM ${all.sql} WHERE kind = 'theme' AND NOT hidden`);
  return new Map(rows.map(({ id, label }) => [String(id), String(label)]));
}

interface Counted {
  value: string | null;
  totals: number[];
  /** By theme, then by period. */
  counts: Map<string, number[]>;
}

const DAY = 86_400_000_000n;
/** The offset of every zone is a multiple of it. */
const QUARTER_HOUR = 900_000_000n;

async function count(
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

/** In the periods that are shown. */
function byTotal(counts: ReadonlyMap<string, readonly number[]>, shown: number) {
  const total = (id: string) =>
    counts
      .get(id)!
      .slice(-shown)
      .reduce((sum, records) => sum + records, 0);
  return (a: string, b: string) => total(b) - total(a) || (a < b ? -1 : 1);
}

/** The local day after that of an instant. */
function dayAfter(micros: bigint, zone: string): string {
  return windowOf(micros, { count: 1, unit: 'd' }, zone).to;
}

/** The clearest first: what has changed most beyond chance. */
async function newsOf(
  session: Session,
  tables: ThemeTables,
  groups: readonly TrendGroup[],
  { from, to, zone }: Period & { zone: string },
): Promise<TrendNews[]> {
  const found = groups.flatMap(({ value, themes }) =>
    themes.flatMap(({ id, label, points }) => {
      const { change, share, before, q } = points.at(-1)!;
      if (change === 'none') return [];
      return [{ value, theme: id, label, change, share: share!, before: before!, q: q! }];
    }),
  );
  found.sort((a, b) => a.q - b.q || (a.theme < b.theme ? -1 : 1));
  await using assignments = await relation(tables.assignments);
  await using passages = await relation(tables.passages);
  const instant = (day: string) => DateTime.fromISO(day, { zone }).toMillis() * 1_000;
  const news: TrendNews[] = [];
  for (const [i, one] of found.entries()) {
    if (i >= NEWS_WITH_TEXTS) {
      news.push({ ...one, texts: [] });
      continue;
    }
    const rows = await session.query(
      `SELECT _id, arg_max(_text, _score) AS text FROM ${assignments.sql} JOIN ${passages.sql} USING (_chunk, _passage, _id) JOIN dated USING (_id, _theme)
       WHERE _theme = ${quoteLiteral(one.theme)} AND dated.micros >= ${instant(from)} AND dated.micros < ${instant(to)}
         AND ${one.value === null ? 'true' : `dated.value = ${quoteLiteral(one.value)}`}
       GROUP BY _id ORDER BY max(_score) DESC, _id LIMIT ${NEWS_TEXTS}`,
    );
    news.push({
      ...one,
      texts: rows.map(({ _id, text }) => ({ recordId: String(_id), text: String(text) })),
    });
  }
  return news;
}
