/** What people write for times and sizes, as numbers. The schema lets nothing else through. */

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** "500ms", "90s", "10m", "1h", "30d" or "2w" in milliseconds. */
export function durationMs(text: string): number {
  return Number.parseInt(text, 10) * UNIT_MS[text.replace(/^\d+/, '')]!;
}

const UNIT_BYTES: Record<string, number> = { MB: 1e6, GB: 1e9, TB: 1e12 };

/** "500MB", "20GB" or "1TB" in bytes; undefined is no bound. */
export function sizeBytes(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  return Number(text.slice(0, -2)) * UNIT_BYTES[text.slice(-2)]!;
}
