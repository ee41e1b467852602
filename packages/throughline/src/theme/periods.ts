/** Periods of trends: windows of the calendar, one after the other without gaps. */
import { parseWindow, type Window, windowOf } from '../chunk/window.ts';

export interface Period {
  /** Local dates; `to` is the first day that is no longer in it. */
  readonly from: string;
  readonly to: string;
}

const MICROS_OF_DAY = 86_400_000_000n;

/** From the period of `first` to that of `last` (microseconds since 1970 UTC); at most `most`, the latest. */
export function periodsBetween(
  first: bigint,
  last: bigint,
  { every, zone, most }: { every: string; zone: string; most: number },
): Period[] {
  const window = parseWindow(every);
  const start = windowOf(first, window, zone).from;
  const periods = [windowOf(last, window, zone)];
  while (periods.length < most && periods[0]!.from > start) periods.unshift(before(periods[0]!, window));
  return periods;
}

/** Windows are aligned in UTC as in any zone: by local dates. */
function before({ from }: Period, window: Window): Period {
  return windowOf(BigInt(Date.parse(`${from}T00:00:00Z`)) * 1_000n - MICROS_OF_DAY, window, 'UTC');
}

const DAYS = { d: 1, w: 7, M: 30.44, y: 365.25 } as const;
const DAYS_OF_YEAR = 365.25;

/** Periods in a year, to the nearest whole number; undefined for those of half a year and more. */
export function periodsOfYear(every: string): number | undefined {
  const { count, unit } = parseWindow(every);
  const periods = Math.round(DAYS_OF_YEAR / (count * DAYS[unit]));
  return periods > 2 ? periods : undefined;
}

/** Enough of them for a test, and enough records in each. */
const CHOICES = ['1d', '7d', '1M', '1y'];
const RECORDS_OF_PERIOD = 100;

/** The shortest period with a hundred records on average. */
export function chosenPeriod(records: number, days: number): string {
  const perDay = records / Math.max(1, days);
  return (
    CHOICES.find((every) => {
      const { count, unit } = parseWindow(every);
      return perDay * count * DAYS[unit] >= RECORDS_OF_PERIOD;
    }) ?? '1M'
  );
}
