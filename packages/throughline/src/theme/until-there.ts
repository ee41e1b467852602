import { setTimeout as sleep } from 'node:timers/promises';
import { ConcurrentModificationError } from '@throughline/delta';

/** What the other run writes when it is done is soon there: it was ahead of this one; unless it waits for a language model. */
const OTHER_RUN_MS = 10 * 60_000;
const LOOK_EVERY_MS = 250;

/** What another run is about to finish. Throws ConcurrentModificationError where it does not within ten minutes. */
export async function untilThere<T>(
  look: () => Promise<T | undefined>,
  signal: AbortSignal,
  name: string,
): Promise<T> {
  for (let waited = 0; waited < OTHER_RUN_MS; waited += LOOK_EVERY_MS) {
    const there = await look();
    if (there !== undefined) return there;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
  throw new ConcurrentModificationError(`another run began ${name} and did not finish it`);
}
