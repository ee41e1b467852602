import { type DeadLetterFilter, readDeadLetters } from '../lake/dead-letters.ts';
import { dropKeys } from '../lake/dropped.ts';
import type { Lake } from '../lake/lake.ts';

/**
 * Gives up the dead letters that fit, all or those with these keys: they are listed, counted and retried no more. The
 * tables stay as they are. Resolves to how many rows there were; bounded by their number: a key for each.
 */
export async function dropDeadLetters(
  lake: Lake,
  filter: DeadLetterFilter & { keys?: readonly string[] | undefined },
  note: string | undefined,
  clock: () => number,
): Promise<number> {
  const wanted = filter.keys === undefined ? undefined : new Set(filter.keys);
  const keys = new Set<string>();
  let rows = 0;
  for await (const { key } of readDeadLetters(lake, filter)) {
    if (wanted && !wanted.has(key)) continue;
    keys.add(key);
    rows++;
  }
  await dropKeys(lake, [...keys], note, clock);
  return rows;
}
