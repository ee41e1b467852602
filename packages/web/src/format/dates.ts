/** Times of the API are ISO 8601 in UTC; days stand for themselves, so they are shown in UTC, too. */
import { LOCALE } from './locale.ts';

const days = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeZone: 'UTC' });
const months = new Intl.DateTimeFormat(LOCALE, { month: 'short', year: 'numeric', timeZone: 'UTC' });
const moments = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });

const UNITS = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** The day of a record. What is no time comes back as it is. */
export const day = (iso: string): string => shown(days, iso);

/** `Mar 2024`. */
const month = (iso: string): string => shown(months, iso);

/** Day and time in the reader's zone. */
export const moment = (iso: string): string => shown(moments, iso);

/** `3 days ago`; `now` in milliseconds since 1970. */
export function ago(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1_000;
  if (Number.isNaN(seconds)) return iso;
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  return relative.format(0, 'second');
}

/** A period of a trend by its length: `2024`, `Mar 2024`, `12 Mar 2024`. */
export function period(from: string, every: string): string {
  if (every.endsWith('y')) return from.slice(0, 4);
  return every.endsWith('M') ? month(from) : day(from);
}

function shown(format: Intl.DateTimeFormat, iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : format.format(time);
}
