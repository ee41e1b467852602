import type { HttpPolicy } from './types.ts';

/**
 * A circuit breaker (Nygard, "Release It!").
 *
 * closed --`failures` in a row--> open --after `pauseMs`, one enters--> half-open --it is well--> closed
 *                                   ^------------------it fails, or is given up-------|
 *
 * What was sent before it opened, and is answered later, changes nothing.
 */
export interface Breaker {
  readonly state: BreakerState;
  /** How long until one may enter (ms): 0 is now, Infinity is when the one that tries alone has left. */
  waitMs(now: number): number;
  /** Only when there is nothing to wait for; call what it returns once, with how it went. */
  enter(): (health: Health, now: number) => void;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** What an answer, or none, says of the server. */
export type Health = 'well' | 'fault' | 'unknown';

export function openBreaker(
  { failures, pauseMs }: HttpPolicy['breaker'],
  onState: (state: BreakerState) => void = () => {},
): Breaker {
  let state: BreakerState = 'closed';
  let [inRow, opened, mayTryAt] = [0, 0, 0];
  const become = (next: BreakerState) => {
    if (next === state) return;
    state = next;
    onState(next);
  };
  const open = (at: number) => {
    opened++;
    mayTryAt = at;
    become('open');
  };
  const among = (health: Health, now: number) => {
    if (health === 'well') inRow = 0;
    if (health === 'fault' && ++inRow >= failures) open(now + pauseMs);
  };
  const alone = (health: Health, now: number) => {
    if (health === 'well') {
      inRow = 0;
      become('closed');
    } else open(health === 'fault' ? now + pauseMs : now);
  };
  return {
    get state() {
      return state;
    },
    waitMs: (now) => {
      if (state === 'closed') return 0;
      return state === 'half-open' ? Number.POSITIVE_INFINITY : Math.max(0, mayTryAt - now);
    },
    enter: () => {
      if (state === 'closed') {
        const since = opened;
        return (health, now) => {
          if (since === opened) among(health, now);
        };
      }
      become('half-open');
      return alone;
    },
  };
}
