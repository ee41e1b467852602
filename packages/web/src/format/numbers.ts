/** Numbers as people read them. */
import { LOCALE } from './locale.ts';

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
const percents = new Intl.NumberFormat(LOCALE, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const wholePercents = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 0 });

export const count = (value: number): string => whole.format(value);

/** `1.2K`: where room is scarce. */
export const compact = (value: number): string => short.format(value);

/** Of a share from 0 to 1; below ten percent with one decimal. */
export const percent = (share: number): string =>
  (share !== 0 && Math.abs(share) < 0.0995 ? percents : wholePercents).format(share);

/** A measurement: small ones with what tells them apart, large ones as `1.2K`. */
export const shortNumber = (value: number): string =>
  Math.abs(value) < 10 ? value.toLocaleString(LOCALE, { maximumFractionDigits: 4 }) : compact(value);

/** With so many digits after the point. */
export const decimal = (value: number, digits = 3): string =>
  value.toLocaleString(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** `1 record`, `2 records`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** Seconds as `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  const all = Math.round(seconds);
  if (all < 60) return seconds < 10 ? `${decimal(seconds, 1)} s` : `${all} s`;
  const minutes = Math.floor(all / 60);
  if (minutes < 60) return `${minutes} min${all % 60 === 0 ? '' : ` ${all % 60} s`}`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
}
