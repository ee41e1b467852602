/** Times between two instants, such as those that a scheduler gives a run. */
import { DateTime } from 'luxon';
import { EXIT, ThroughlineError } from '../error.ts';

/** Half-open. */
export interface Interval {
  start: DateTime;
  end: DateTime;
}

/** `2024-01-01T00:00:00+00:00/2024-01-08T00:00:00+00:00` (ISO 8601). Throws with exit code 64. */
export function parseInterval(text: string): Interval {
  const [start, end, ...more] = text.split('/').map((part) => DateTime.fromISO(part, { zone: 'utc' }));
  if (!start?.isValid || !end?.isValid || more.length > 0 || end < start)
    throw new ThroughlineError(`${text} is no interval`, {
      code: 'usage',
      exitCode: EXIT.usage,
      hint: 'It has a start and an end: 2024-01-01T00:00:00Z/2024-01-08T00:00:00Z',
    });
  return { start, end };
}

/** Whether a window, of local dates in `zone`, has any time in common with the interval. What is no window has to do with every interval. */
export function isWithin(
  { from, to }: { from?: string; to?: string },
  { start, end }: Interval,
  zone: string,
): boolean {
  if (from === undefined || to === undefined) return true;
  return DateTime.fromISO(from, { zone }) < end && DateTime.fromISO(to, { zone }) > start;
}
