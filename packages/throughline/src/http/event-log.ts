/** What the client decides as lines for people: rare decisions at once, frequent ones as counts every few seconds. */
import type { EmbeddingsEvent } from './embeddings.ts';
import { codeOf, describe } from './errors.ts';
import type { HttpEvent } from './types.ts';

export interface Told {
  info?(message: string): void;
  warning(message: string): void;
}

export interface EventLog {
  event(event: HttpEvent | EmbeddingsEvent): void;
  /** Tells what was counted and not told yet. */
  flush(): void;
}

const TELL_EVERY_MS = 10_000;

/** `now` in milliseconds of a clock that never goes back. */
export function openEventLog(told: Told, now: () => number): EventLog {
  const counts = new Map<string, number>();
  let toldAt = now();
  let [waitedMs, limit] = [0, 0];

  const count = (what: string, by = 1) => counts.set(what, (counts.get(what) ?? 0) + by);
  const flush = () => {
    toldAt = now();
    if (counts.size === 0) return;
    const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([what, times]) => `${times} x ${what}`);
    if (waitedMs > 0) parts.push(`${(waitedMs / 1000).toFixed(1)} s of pauses`);
    if (limit > 0) parts.push(`now ${limit} requests at once`);
    told.info?.(`API: ${parts.join(', ')}`);
    counts.clear();
    waitedMs = 0;
  };

  const take = (event: HttpEvent | EmbeddingsEvent) => {
    switch (event.type) {
      case 'retry':
        return count(`retried after ${codeOf(event.failure)}`);
      case 'split':
        return count('split a refused batch');
      case 'text-failed':
        return count(`a text refused with ${event.failure.code}`);
      case 'same-vector':
        return told.warning(
          `API: ${event.texts} texts have the vector of another text: look at what the server answers`,
        );
      case 'paused':
        waitedMs += event.ms;
        return count('told to wait');
      case 'concurrency':
        limit = event.limit;
        return count('changed the number of requests at once');
      case 'gave-up':
        // The first since the last line; the others are counted.
        if (!counts.has('gave up'))
          told.warning(`API: gave up after ${event.attempts} tries: ${describe(event.failure)}`);
        return count('gave up');
      case 'breaker':
        return event.state === 'open'
          ? told.warning('API: it fails again and again: no requests for a while')
          : told.info?.(
              event.state === 'closed'
                ? 'API: it answers again'
                : 'API: one request tries whether it answers',
            );
      case 'budget':
        return told.warning(`API: ${event.message}`);
    }
  };

  return {
    event: (event) => {
      take(event);
      if (now() - toldAt >= TELL_EVERY_MS) flush();
    },
    flush,
  };
}
