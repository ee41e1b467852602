/** A time in which nobody sends anything, because the server asked for it. */
export interface Pause {
  waitMs(now: number): number;
  /** True when it ends later now; a pause that only becomes longer is not told again. */
  extend(ms: number, now: number): boolean;
}

export function openPause(onPause: (ms: number) => void = () => {}): Pause {
  let until = Number.NEGATIVE_INFINITY;
  return {
    waitMs: (now) => Math.max(0, until - now),
    extend: (ms, now) => {
      if (now + ms <= until) return false;
      const begins = now >= until;
      until = now + ms;
      if (begins) onPause(ms);
      return true;
    },
  };
}
