import { DateTime } from 'luxon';
import { dateChunk } from './chunk-id.ts';
import type { ChunkRule } from './plan.ts';
import { parseWindow, windowOf } from './window.ts';

/** Tells whether the window of a chunk is over, by the calendar of its zone; of what is no window it never is. `clock` in milliseconds since 1970 UTC. */
export function pastWindows(rule: ChunkRule, clock: () => number): (chunk: string) => boolean {
  if (rule.by !== 'window') return () => false;
  const { zone } = rule;
  const window = parseWindow(rule.every);
  return (chunk) => {
    const from = DateTime.fromISO(chunk.slice(DATE_PREFIX.length), { zone });
    if (!chunk.startsWith(DATE_PREFIX) || !from.isValid) return false;
    const { to } = windowOf(BigInt(from.toMillis()) * 1000n, window, zone);
    return DateTime.fromMillis(clock(), { zone }).toISODate()! >= to;
  };
}

const DATE_PREFIX = dateChunk('');
