import { setTimeout as sleep } from 'node:timers/promises';

/** The pause before attempt n is drawn from 0 to FIRST_MS * FACTOR ** n, at most LONGEST_MS. */
const FIRST_MS = 100;
const FACTOR = 3;
const LONGEST_MS = 15_000;

/** What a retry takes from the outside world. */
export interface Effects {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  random(): number;
}

const REAL: Effects = {
  now: () => performance.now(),
  sleep: async (ms, signal) => void (await sleep(ms, undefined, signal === undefined ? {} : { signal })),
  random: Math.random,
};

/** Pauses of one outage: it begins with the first failure, and any success ends it. */
export interface Outage {
  /** Waits before the next attempt, or throws `error` if the outage has lasted too long. */
  pause(error: unknown, signal?: AbortSignal): Promise<void>;
  /** The call went through. */
  over(): void;
}

/** Failures are borne until the next pause would end later than `longestMs` after the first. */
export function outage(longestMs: number, effects: Effects = REAL): Outage {
  let began: number | undefined;
  let attempts = 0;
  return {
    async pause(error, signal) {
      began ??= effects.now();
      const ms = Math.min(FIRST_MS * FACTOR ** attempts, LONGEST_MS) * effects.random();
      attempts += 1;
      if (effects.now() + ms - began > longestMs) throw error;
      await effects.sleep(ms, signal);
    },
    over() {
      began = undefined;
      attempts = 0;
    },
  };
}
