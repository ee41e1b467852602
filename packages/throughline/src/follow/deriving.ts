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

/** `derive` is begun `everyMs` after its last end, and at once where `isFirst`; as long as it may not serve, it is not begun. What it throws is told: the stream goes on, and it is tried again at its time. */
export function openDeriving(
  derive: () => Promise<void>,
  { mayServe, everyMs, isFirst, clock, warning }: DerivingOptions,
): Deriving {
  let due = isFirst ? Number.NEGATIVE_INFINITY : clock() + everyMs;
  let underway: Promise<void> | undefined;
  const inTime = async () => {
    try {
      if (!(await mayServe())) return;
      await derive();
    } catch (thrown) {
      due = clock() + everyMs;
      throw thrown;
    }
    due = clock() + everyMs;
  };
  return {
    ifDue() {
      if (underway !== undefined || clock() < due) return;
      underway = inTime()
        .catch((thrown) => warning(asThroughlineError(thrown).message))
        .finally(() => {
          underway = undefined;
        });
    },
    soon: () => {
      due = Number.NEGATIVE_INFINITY;
    },
    ended: async () => underway,
  };
}

export interface DerivingOptions {
  /** Asked whenever it is time. */
  mayServe: () => Promise<boolean>;
  everyMs: number;
  isFirst: boolean;
  /** Milliseconds since 1970 UTC. */
  clock: () => number;
  warning: (message: string) => void;
}
