/** What is derived of the tables, again and again beside the stream, one time after the other. */
import { asThroughlineError } from '../error.ts';

export interface Deriving {
  /** Begins, unless it is under way or it is not its time yet. */
  ifDue(): void;
  /** It is time, whenever the last time was. */
  soon(): void;
  /** Resolves when nothing is under way. */
  ended(): Promise<void>;
}

/** `derive` is begun `everyMs` after its last end, and at once where `isFirst`. What it throws is told: the stream goes on, and it is tried again at its time. */
export function openDeriving(
  derive: () => Promise<void>,
  { everyMs, isFirst, clock, warning }: DerivingOptions,
): Deriving {
  let due = isFirst ? Number.NEGATIVE_INFINITY : clock() + everyMs;
  let underway: Promise<void> | undefined;
  return {
    ifDue() {
      if (underway !== undefined || clock() < due) return;
      underway = derive()
        .catch((thrown) => warning(asThroughlineError(thrown).message))
        .finally(() => {
          underway = undefined;
          due = clock() + everyMs;
        });
    },
    soon: () => {
      due = Number.NEGATIVE_INFINITY;
    },
    ended: async () => underway,
  };
}

export interface DerivingOptions {
  everyMs: number;
  isFirst: boolean;
  /** Milliseconds since 1970 UTC. */
  clock: () => number;
  warning: (message: string) => void;
}
