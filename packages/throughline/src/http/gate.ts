import type { HttpPolicy } from './types.ts';

/**
 * Lets so many be inside at once as the server bears: one more for every `limit` successes in a row at full use
 * (additive increase), half as many at a sign of overload (multiplicative decrease), at most once for the requests that
 * were under way together (Chiu and Jain, 1989; TCP's congestion window). Never fewer than one, never more than `most`.
 */
export interface Gate {
  readonly isFull: boolean;
  readonly limit: number;
  /** Only when it is not full. */
  enter(): Pass;
}

export interface Pass {
  /** Counts once, however often it is called. */
  leave(load: Load): void;
}

/** What an answer says of how much the server bears. */
export type Load = 'well' | 'overload' | 'unknown';

export function openGate(
  { start, most }: HttpPolicy['concurrency'],
  onLimit: (limit: number) => void = () => {},
): Gate {
  let limit = Math.max(1, Math.min(start, most));
  let [inside, successes, round] = [0, 0, 0];
  const isFull = () => inside >= Math.floor(limit);
  const change = (to: number) => {
    const before = Math.floor(limit);
    limit = Math.min(most, Math.max(1, to));
    successes = 0;
    if (Math.floor(limit) !== before) onLimit(Math.floor(limit));
  };
  const leave = (load: Load, entered: number) => {
    const wasFull = isFull();
    inside--;
    if (load === 'overload') {
      if (entered < round) return; // its like has been heard already
      round++;
      change(limit / 2);
    } else if (load === 'well' && wasFull && ++successes >= limit) change(limit + 1);
  };
  return {
    get isFull() {
      return isFull();
    },
    get limit() {
      return Math.floor(limit);
    },
    enter: () => {
      if (isFull()) throw new RangeError('the gate is full');
      inside++;
      let entered: number | undefined = round;
      return {
        leave: (load) => {
          if (entered !== undefined) leave(load, entered);
          entered = undefined;
        },
      };
    },
  };
}
