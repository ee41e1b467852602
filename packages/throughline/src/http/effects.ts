import { setTimeout as timer } from 'node:timers/promises';
import { transport } from './transport.ts';
import type { Effects } from './types.ts';

/** Longer timers fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real clock, randomness and network. */
export const REAL_EFFECTS: Effects = {
  now: () => performance.now(),
  wallClock: Date.now,
  random: Math.random,
  sleep,
  transport,
};

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await timer(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted(); // the timer's own AbortError hides the reason
    throw error;
  }
}
