/** Date windows: half-open, aligned to the calendar of one zone, so that a window never depends on the data. */
import { DateTime } from 'luxon';

export interface Window {
  count: number;
  unit: 'd' | 'w' | 'M' | 'y';
}

/** Local dates, `YYYY-MM-DD`; `to` is the first day that is no longer in the window. */
export interface WindowRange {
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;
/** 1970-01-05, the first Monday: windows of days and weeks are counted from it. */
const MONDAY_DAYS = 4;

/** `7d`, `2w`, `1M`, `1y`. The schema has checked the form. */
export function parseWindow(every: string): Window {
  return { count: Number(every.slice(0, -1)), unit: every.at(-1) as Window['unit'] };
}

/** The window that holds the instant `micros` (since 1970 UTC), by the calendar of `zone`. */
export function windowOf(micros: bigint, { count, unit }: Window, zone: string): WindowRange {
  const millis = Number(micros / 1000n) - (micros % 1000n < 0n ? 1 : 0);
  const local = zone === 'UTC' ? new Date(millis) : localDate(millis, zone);
  const [year, month] = [local.getUTCFullYear(), local.getUTCMonth()];
  if (unit === 'd' || unit === 'w') {
    const length = unit === 'w' ? count * 7 : count;
    const day = Math.floor(local.getTime() / DAY_MS) - MONDAY_DAYS;
    const first = Math.floor(day / length) * length + MONDAY_DAYS;
    return { from: isoDate(first * DAY_MS), to: isoDate((first + length) * DAY_MS) };
  }
  const length = unit === 'y' ? count * 12 : count;
  const first = Math.floor((year * 12 + month) / length) * length;
  return { from: isoDate(startOfMonth(first)), to: isoDate(startOfMonth(first + length)) };
}

/** The wall clock of `zone`, as if it were UTC. */
function localDate(millis: number, zone: string): Date {
  const local = DateTime.fromMillis(millis, { zone });
  return new Date(millis + local.offset * 60_000);
}

/** The first day of the month that is `months` after January of the year 0. */
function startOfMonth(months: number): number {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  return new Date(0).setUTCFullYear(Math.floor(months / 12), months % 12, 1);
}

function isoDate(millis: number): string {
  return new Date(millis).toISOString().slice(0, 10);
}
