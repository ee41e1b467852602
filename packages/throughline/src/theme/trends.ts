/** How themes change with time: records of each theme by period, what is news, and which texts stand behind it. */
import { relation } from '@throughline/delta';
import { type TrendPoint, trends } from '@throughline/themes';
import { windowOf } from '../chunk/window.ts';
import { openSession, type Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import { isZone } from '../source/timestamp.ts';
import { unknownAttribute } from '../unknown-attribute.ts';
import { countByPeriod, spanOf, stageDated } from './dated-records.ts';
import { openThemes, type ThemesAsking, type ThemeTables } from './open-themes.ts';
import { chosenPeriod, type Period, periodsBetween, periodsOfYear } from './periods.ts';
import { newsOf, newsWithTexts, type TrendNews } from './trend-news.ts';

export interface TrendsRequest extends ThemesAsking {
  /** Length of a period: 1d, 7d, 1M, 1y; chosen by the number of records unless told. */
  every?: string | undefined;
  /** The latest so many periods; 24 by default. */
  periods?: number | undefined;
  /** An attribute of text: a trend for each of its most frequent values, too. */
  by?: string | undefined;
  /** In which days begin. */
  zone?: string | undefined;
  /** Whether the news have texts, which takes a query for each; true unless told. */
  texts?: boolean;
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

/**
 * A record counts once, for its own theme; those without one, of hidden themes and without content count among all. Throws with exit code 64 for an attribute that is not there, 65 where no record has a time. Memory: counts by
 * theme, value and day (a quarter of an hour where `zone` is not UTC).
 */
export async function themesTrends(lake: Lake, request: TrendsRequest = {}): Promise<ThemesTrends> {
  const { by, zone = 'UTC', texts = true } = request;
  if (!isZone(zone)) throw unknownZone(zone);
  const tables = await openThemes(lake, request);
  if (by !== undefined && !tables.textAttributes.includes(by))
    throw unknownAttribute(by, tables.textAttributes);
  await using session = await openSession();
  await stageDated(session, tables, by);
  const span = await spanOf(session);
  const every = request.every ?? chosenPeriod(span.records, span.days);
  const season = periodsOfYear(every);
  const most = request.periods ?? PERIODS;
  // A year more than is shown: what comes each year is no news.
  const all = periodsBetween(span.first, span.last, { every, zone, most: most + (season ?? 0) });
  const periods = all.slice(-most);
  const labels = await labelsOf(session, tables);
  const counted = await countByPeriod(session, { every, zone, periods: all, hasValues: by !== undefined });
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
    news: texts ? await newsWithTexts(session, tables, groups, { ...last, zone }) : newsOf(groups),
    withoutTime: span.withoutTime,
  };
}

function unknownZone(zone: string): ThroughlineError {
  return new ThroughlineError(`"${zone}" is not a time zone`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: 'A zone is named as Europe/London, or UTC.',
  });
}

/** Of the themes that are shown: not of hidden ones, nor of texts without content, which only count among all records. */
async function labelsOf(session: Session, { themes }: ThemeTables): Promise<Map<string, string>> {
  await using all = await relation(themes);
  const rows = await session.query(`SELECT id, label FROM ${all.sql} WHERE kind = 'theme' AND NOT hidden`);
  return new Map(rows.map(({ id, label }) => [String(id), String(label)]));
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
