/** How much is worked on at once: what is more waits in a short queue, and what is more than that is turned away. */
import { EXIT, ThroughlineError } from '../error.ts';

export interface AdmissionOptions {
  /** Pieces of work at once. */
  running: number;
  /** That wait for a place. */
  waiting: number;
}

export interface Admission {
  /** Throws at once with exit code 75 (`overloaded`) where the queue is full, or the signal has aborted while waiting. */
  admit<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  readonly running: number;
  readonly waiting: number;
}

export function openAdmission({ running: most, waiting: queue }: AdmissionOptions): Admission {
  let running = 0;
  const waiting: (() => void)[] = [];
  const place = (signal: AbortSignal | undefined) => {
    if (running < most) {
      running++;
      return undefined;
    }
    if (waiting.length >= queue) throw overloaded();
    return new Promise<void>((enter, reject) => {
      const leave = () => {
        const at = waiting.indexOf(entered);
        if (at >= 0) waiting.splice(at, 1);
        reject(signal!.reason);
      };
      const entered = () => {
        signal?.removeEventListener('abort', leave);
        enter();
      };
      waiting.push(entered);
      signal?.addEventListener('abort', leave, { once: true });
    });
  };
  return {
    get running() {
      return running;
    },
    get waiting() {
      return waiting.length;
    },
    async admit(work, signal) {
      signal?.throwIfAborted();
      await place(signal);
      try {
        return await work();
      } finally {
        // Whoever waits takes the place over.
        const next = waiting.shift();
        if (next) next();
        else running--;
      }
    },
  };
}

function overloaded(): ThroughlineError {
  return new ThroughlineError('the server has more to do than it can', {
    code: 'overloaded',
    exitCode: EXIT.tryAgain,
    hint: 'Try again in a moment, or add a replica.',
  });
}
