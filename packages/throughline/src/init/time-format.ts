/** How the times of a column are written, by what stands in it. */
import { parseTimestamp } from '../source/timestamp.ts';

export interface TimeFormat {
  /** Luxon's tokens; undefined for ISO 8601. */
  format: string | undefined;
  /** Another format that reads every value too, with day and month exchanged. */
  otherwise?: string;
}

// Luxon's tokens of one letter read one digit or two.
const DATES = [
  'M/d/yyyy',
  'd/M/yyyy',
  'yyyy/M/d',
  'd.M.yyyy',
  'd-M-yyyy',
  'M-d-yyyy',
  'M/d/yy',
  'd/M/yy',
  'd.M.yy',
];
const NAMED_DATES = [
  'd-MMM-yyyy',
  'd-MMM-yy',
  'd MMM yyyy',
  'd MMMM yyyy',
  'MMM d, yyyy',
  'MMMM d, yyyy',
  'EEE MMM d yyyy',
  'MMM yyyy',
  'MMMM yyyy',
];
const TIMES = ['', ' H:mm', ' H:mm:ss', ' h:mm a', ' h:mm:ss a', ', H:mm:ss', ', h:mm a', ', h:mm:ss a'];
const OTHERS = [
  'yyyyMMdd',
  'M d, yyyy',
  "yyyy-MM-dd'T'H:mm",
  'yyyy-MM-dd H:mm',
  'EEE, d MMM yyyy H:mm:ss ZZZ',
  'EEE MMM d H:mm:ss ZZZ yyyy',
  ...['UTC', 'GMT', 'PST', 'PDT', 'EST', 'EDT'].map((zone) => `EEE MMM d H:mm:ss '${zone}' yyyy`),
];

/** ISO 8601 first. */
const FORMATS: readonly (string | undefined)[] = [
  undefined,
  ...[...DATES, ...NAMED_DATES].flatMap((date) => TIMES.map((time) => `${date}${time}`)),
  ...OTHERS,
];

/** Seconds and milliseconds since 1970 in a plausible range: 1990 to 2040. */
const EPOCHS = [
  { format: 'X', pattern: /^\d{9,10}(\.0*)?$/, least: 631_152_000, most: 2_208_988_800 },
  { format: 'x', pattern: /^\d{12,13}(\.0*)?$/, least: 631_152_000_000, most: 2_208_988_800_000 },
];

/** Times are judged by this many values. */
export const MOST_TIMES = 2_000;
/** A few may be no times: they become dead letters that say so. */
const LEAST_READ = 0.98;
/** Longer values are prose that mentions a time. */
const LONGEST_TIME = 40;

/**
 * The format that reads the most of `values` (not blank), the first of equals, or undefined where none reads nearly all.
 * `isNamedTime`: whether the column's name speaks of a time, without which numbers are not taken for one.
 */
export function timeFormatOf(values: readonly string[], isNamedTime: boolean): TimeFormat | undefined {
  if (values.length === 0 || values.some((value) => value.length > LONGEST_TIME)) return undefined;
  if (values.every((value) => /^\s*\d+(\.0*)?\s*$/.test(value)))
    return isNamedTime ? epochOf(values) : undefined;
  let best: { format: string | undefined; read: number } | undefined;
  for (const format of FORMATS) {
    const read = readBy(values, format);
    if (read > (best?.read ?? 0)) best = { format, read };
    if (read === values.length) break;
  }
  if (best === undefined) return undefined;
  const otherwise = exchanged(best.format);
  const isEither =
    otherwise !== undefined && otherwise !== best.format && readBy(values, otherwise) === best.read;
  return { format: best.format, ...(isEither && { otherwise }) };
}

/** Numbers that are times: seconds or milliseconds since 1970, or dates without marks. */
function epochOf(values: readonly string[]): TimeFormat | undefined {
  for (const { format, pattern, least, most } of EPOCHS)
    if (
      values.every((value) => pattern.test(value.trim()) && Number(value) >= least && Number(value) <= most)
    )
      return { format };
  const format = ['yyyyMMdd', 'yyyyMMddHHmmss'].find((dates) => readBy(values, dates) > 0);
  return format === undefined ? undefined : { format };
}

/** How many of the values the format reads; 0 where it is not nearly all. */
function readBy(values: readonly string[], format: string | undefined): number {
  const mostUnread = values.length * (1 - LEAST_READ);
  let unread = 0;
  for (const value of values) {
    const at = parseTimestamp(value, { format, zone: 'UTC' });
    // A year of two digits that is read as one of four is in the first century.
    if (at === undefined || at < YEAR_1000) unread++;
    if (unread > mostUnread) return 0;
  }
  return values.length - unread;
}

/** Microseconds. */
const YEAR_1000 = BigInt(Date.UTC(1000, 0)) * 1000n;

/** The format with day and month in the other's place. */
function exchanged(format: string | undefined): string | undefined {
  return format?.replace(/\b(M)([/.-])(d)\b|\b(d)([/.-])(M)\b/, (_, m1, s1, d1, d2, s2, m2) =>
    m1 === undefined ? `${m2}${s2}${d2}` : `${d1}${s1}${m1}`,
  );
}
