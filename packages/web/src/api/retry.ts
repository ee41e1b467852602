/** Which failures a second try may mend, and when to make it. */
import { ApiError } from 'throughline/client';

const MAX_TRIES = 5;
/** Of a server that is not reached. */
const MAX_RECONNECTS = 2;
const LONGEST_WAIT_MS = 30_000;

/** Whether the server said that it is only busy. */
export function isBusy(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.problem.status === 429 || error.problem.status === 503);
}

/** `failures`: how often it has failed before this one. */
export function mayRetry(failures: number, error: unknown): boolean {
  if (isBusy(error)) return failures < MAX_TRIES;
  return error instanceof TypeError && failures < MAX_RECONNECTS;
}

/** Milliseconds: what the server asks for, or twice as long each time. */
export function retryDelay(failures: number, error: unknown): number {
  const asked = error instanceof ApiError ? error.retryAfter : undefined;
  const wait = asked === undefined ? 500 * 2 ** failures : asked * 1_000;
  return Math.min(wait, LONGEST_WAIT_MS);
}
