/** Seconds since a time of the clock; none where it was set back. */
export function secondsSince(started: number, { clock }: { clock: () => number }): number {
  return Math.max(0, clock() - started) / 1000;
}
