/** Pauses between tries of a connection that should last, in milliseconds: doubled up to a limit, anew after a success. */
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

export function reconnectDelay(failures: number): number {
  return Math.min(FIRST_MS * 2 ** Math.max(0, failures - 1), LONGEST_MS);
}
