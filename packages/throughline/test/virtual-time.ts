/** A clock that jumps to the next timer as soon as nothing else is to do: hours in milliseconds, the same every time. */
import type { Effects } from '../src/http/types.ts';

export interface VirtualTime extends Pick<Effects, 'now' | 'wallClock' | 'sleep'> {
  /** Lets time pass until the work is done. Throws when it waits for something that will never come. */
  run<T>(work: Promise<T>): Promise<T>;
  /** Timers that are set. */
  timers(): number;
}

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** `startedAt` is what the wall clock says at time 0. */
export function virtualTime(startedAt = Date.UTC(2026, 0, 1)): VirtualTime {
  const timers = new Set<Timer>();
  let now = 0;
  return {
    now: () => now,
    wallClock: () => startedAt + now,
    timers: () => timers.size,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer: Timer = { at: now + Math.max(0, ms), ring: resolve };
      const cancel = () => reject(signal?.reason);
      timers.add(timer);
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        await promise;
      } finally {
        timers.delete(timer);
        signal?.removeEventListener('abort', cancel);
      }
    },
    run: async (work) => {
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      work.then(done, done);
      for (;;) {
        await new Promise(setImmediate); // everything that can go on without time has gone on
        if (isDone) return work;
        const next = earliest(timers);
        if (next === undefined) throw new Error(`at ${now} ms nothing is left to wait for`);
        now = Math.max(now, next.at);
        timers.delete(next);
        next.ring();
      }
    },
  };
}

function earliest(timers: ReadonlySet<Timer>): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) if (first === undefined || timer.at < first.at) first = timer;
  return first;
}
