/** A connection to a server that goes away now and then: opened again, for a while, before anybody is told. */
import { EXIT, ThroughlineError } from '../../error.ts';
import type { Connection } from './connect.ts';

/** Before the first try again; doubled for each further one. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 16_000;
/** Waited in all for one piece of work; then its error ends the run with exit code 75. */
const PATIENCE_MS = 60_000;

export interface SteadyConnection extends AsyncDisposable {
  /** What is lost on the way is done again from its beginning: `work` has to be repeatable. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
}

export interface SteadyOptions {
  open: () => Promise<Connection>;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

/** Connects with the first work. */
export function steadyConnection({ open, sleep, signal }: SteadyOptions): SteadyConnection {
  let current: Connection | undefined;
  const close = async () => {
    const closed = current;
    current = undefined;
    await closed?.[Symbol.asyncDispose]();
  };
  return {
    async use(work) {
      for (let pause = FIRST_PAUSE_MS, waited = 0; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        signal.throwIfAborted();
        try {
          current ??= await open();
          return await work(current);
        } catch (error) {
          signal.throwIfAborted();
          if (!isAway(error)) throw error;
          await close();
          if (waited >= PATIENCE_MS) throw error;
          const ms = Math.min(pause, PATIENCE_MS - waited);
          await sleep(ms, signal);
          waited += ms;
        }
      }
    },
    [Symbol.asyncDispose]: close,
  };
}

function isAway(error: unknown): boolean {
  return error instanceof ThroughlineError && error.exitCode === EXIT.tryAgain;
}
