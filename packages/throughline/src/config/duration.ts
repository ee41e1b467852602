const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

/** "90s", "10m" or "1h" in milliseconds; the schema lets nothing else through. */
export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * UNIT_MS[text.at(-1)!]!;
}
