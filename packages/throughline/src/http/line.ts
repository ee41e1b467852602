import type { Effects } from './types.ts';

/**
 * Those who wait for their turn, by ticket: one who comes back for another try stands where it stood. Only the first is
 * asked, so nobody overtakes, and one timer serves all.
 */
export interface Line {
  /** Resolves when `ask` lets it in; rejects with what `ask` throws, or the reason of an abort. */
  wait(ticket: number, ask: Ask, signal?: AbortSignal): Promise<void>;
  /** Something changed: asks again. */
  look(): void;
  /** Sends away all who wait. */
  dissolve(error: Error): void;
}

/** How many ms until it is worth asking again, Infinity for "at the next look"; 0 has let it in. May throw. */
export type Ask = () => number;

interface Waiting {
  readonly ticket: number;
  readonly ask: Ask;
  readonly enter: () => void;
  readonly turnAway: (reason: unknown) => void;
}

export function openLine({ sleep }: Pick<Effects, 'sleep'>): Line {
  const waiting: Waiting[] = [];
  let timer = new AbortController();
  let looking = false;

  /** Ms until the first may enter; undefined when nobody waits. */
  const letIn = (): number | undefined => {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      try {
        const ms = first.ask();
        if (ms > 0) return ms;
        remove(waiting, first);
        first.enter();
      } catch (error) {
        remove(waiting, first);
        first.turnAway(error);
      }
    }
    return undefined;
  };

  const look = () => {
    if (looking) return; // `ask` may tell others, who look in turn
    looking = true;
    const ms = letIn();
    looking = false;
    timer.abort();
    timer = new AbortController();
    if (ms !== undefined && ms !== Number.POSITIVE_INFINITY) sleep(ms, timer.signal).then(look, () => {});
  };

  return {
    look,
    dissolve: (error) => {
      for (const each of waiting.splice(0)) each.turnAway(error);
      look();
    },
    wait: async (ticket, ask, signal) => {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const giveUp = () => {
        remove(waiting, one);
        reject(signal?.reason);
        look();
      };
      const one: Waiting = { ticket, ask, enter: resolve, turnAway: reject };
      signal?.addEventListener('abort', giveUp, { once: true });
      insert(waiting, one);
      if (waiting[0] === one) look();
      try {
        await promise;
      } finally {
        signal?.removeEventListener('abort', giveUp);
      }
    },
  };
}

function insert(waiting: Waiting[], one: Waiting): void {
  const place = waiting.findLastIndex((other) => other.ticket <= one.ticket);
  waiting.splice(place + 1, 0, one);
}

function remove(waiting: Waiting[], one: Waiting): void {
  const place = waiting.indexOf(one);
  if (place >= 0) waiting.splice(place, 1);
}
