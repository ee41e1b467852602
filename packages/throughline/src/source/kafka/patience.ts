/** How long a broker that is away is waited for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaError, mayPass } from './kafka-error.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

export class Patience {
  readonly #brokers: readonly string[];
  readonly #signal: AbortSignal;
  readonly #ms: number;
  #since: number | undefined;
  #last: number | undefined;
  #wait = FIRST_WAIT_MS;

  constructor({ brokers, signal, ms }: { brokers: readonly string[]; signal: AbortSignal; ms: number }) {
    this.#brokers = brokers;
    this.#signal = signal;
    this.#ms = ms;
  }

  /**
   * Waits a while, longer each time. Throws ThroughlineError where waiting does not help, or has not helped for too long. `begun` is
   * when it was asked, of `performance.now()`: a failure after which nobody has asked for so long is forgotten.
   */
  async failed(error: unknown, begun: number): Promise<void> {
    if (this.#last !== undefined && begun - this.#last > this.#ms) this.succeeded();
    this.#since ??= performance.now();
    if (!mayPass(error) || performance.now() - this.#since >= this.#ms)
      throw kafkaError(error, this.#brokers);
    await sleep(this.#wait, undefined, { signal: this.#signal }).catch(() => {});
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS);
    this.#last = performance.now();
  }

  succeeded(): void {
    this.#since = undefined;
    this.#last = undefined;
    this.#wait = FIRST_WAIT_MS;
  }

  /** What `ask` answers in the end; undefined when aborted. */
  async until<T>(ask: () => Promise<T>): Promise<T | undefined> {
    while (!this.#signal.aborted) {
      const begun = performance.now();
      try {
        const answer = await ask();
        this.succeeded();
        return answer;
      } catch (error) {
        await this.failed(error, begun);
      }
    }
    return undefined;
  }
}
