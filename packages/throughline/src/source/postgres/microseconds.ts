/** Times as positions of a stream: whole microseconds since 1970 UTC, the precision of Postgres. Exact until the year 2255. */

/** As Postgres reads it in UTC: `2024-01-31 10:00:00.000001`. */
export function timeText(micros: number): string {
  const fraction = ((micros % 1_000_000) + 1_000_000) % 1_000_000;
  const seconds = new Date((micros - fraction) / 1_000).toISOString().slice(0, 19).replace('T', ' ');
  return `${seconds}.${String(fraction).padStart(6, '0')}`;
}

export const MICROS_PER_MS = 1_000;
