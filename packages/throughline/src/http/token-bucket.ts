/**
 * A token bucket: `perMinute` units flow in evenly, and at most `burst` are kept. One that wants more than the bucket
 * holds waits until it is full, and leaves a debt. In a time of t ms, no more than perMinute * t / 60,000 +
 * max(burst, largest amount) are taken. Pure: the caller passes the time, which never goes back, and sleeps.
 */
export interface TokenBucket {
  /** How many ms until `amount` may be taken; 0 is now. */
  waitMs(amount: number, now: number): number;
  take(amount: number, now: number): void;
  /** Gives back what was taken and not used; negative: takes what was used beyond it. */
  giveBack(amount: number): void;
  /** Nothing flows in before this time, and nothing is kept for it. */
  pauseUntil(time: number): void;
}

const MINUTE_MS = 60_000;
/** Of sums of floating point numbers. */
const ROUNDING = 1e-6;

export function tokenBucket(perMinute: number, burst: number): TokenBucket {
  const perMs = perMinute / MINUTE_MS;
  let level = burst;
  let at = Number.NEGATIVE_INFINITY;
  const flow = (now: number) => {
    if (now <= at) return;
    level = Math.min(burst, level + (now - at) * perMs);
    at = now;
  };
  return {
    waitMs: (amount, now) => {
      flow(now);
      const missing = Math.min(amount, burst) - level;
      // A thousandth of a millisecond is the least that moves a clock of doubles.
      const missingMs = missing <= ROUNDING ? 0 : Math.ceil((missing / perMs) * 1000) / 1000;
      return Math.max(0, at - now) + missingMs;
    },
    take: (amount, now) => {
      flow(now);
      level -= amount;
    },
    giveBack: (amount) => {
      level = Math.min(burst, level + amount);
    },
    pauseUntil: (time) => {
      flow(time);
      level = Math.min(level, 0);
    },
  };
}
