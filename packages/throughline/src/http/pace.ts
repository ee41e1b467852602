import { type TokenBucket, tokenBucket } from './token-bucket.ts';
import type { HttpPolicy } from './types.ts';

/** This process's part of the limits per minute, of requests and of tokens. Where there is none, nobody waits. */
export interface Pace {
  /** How many ms until a request of so many tokens may go; 0 is now. */
  waitMs(tokens: number, now: number): number;
  take(tokens: number, now: number): void;
  /** The server counted so many tokens instead of those taken. */
  correct(taken: number, counted: number): void;
  pauseUntil(time: number): void;
}

export function openPace({ requestsPerMinute, tokensPerMinute, processes }: HttpPolicy): Pace {
  const requests = bucketOf(requestsPerMinute, processes);
  const tokens = bucketOf(tokensPerMinute, processes);
  return {
    waitMs: (count, now) => Math.max(requests?.waitMs(1, now) ?? 0, tokens?.waitMs(count, now) ?? 0),
    take: (count, now) => {
      requests?.take(1, now);
      tokens?.take(count, now);
    },
    correct: (taken, counted) => tokens?.giveBack(taken - counted),
    pauseUntil: (time) => {
      requests?.pauseUntil(time);
      tokens?.pauseUntil(time);
    },
  };
}

const SECONDS = 60;

/**
 * A second's worth at once, and the rest of the minute's evenly: 1/60 + 59/60, so that no minute, wherever it begins,
 * has more than the limit, and 98 % of it is used.
 */
function bucketOf(perMinute: number | undefined, processes: number): TokenBucket | undefined {
  if (perMinute === undefined) return undefined;
  const part = perMinute / processes;
  return tokenBucket((part * (SECONDS - 1)) / SECONDS, Math.max(1, part / SECONDS));
}
