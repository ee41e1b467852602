import type { HttpPolicy } from './types.ts';

/**
 * How long to wait before try `attempt` + 1 (the first try is 1): anything from zero up to a bound that grows by `factor`
 * ("full jitter", Brooker, "Exponential Backoff and Jitter"), and at least what the server asks for, with a tenth of
 * that on top, so that all who were told the same do not come back at once.
 */
export function backoffMs(
  attempt: number,
  asked: number | undefined,
  { firstMs, factor, mostMs }: HttpPolicy['backoff'],
  random: () => number,
): number {
  const own = random() * Math.min(mostMs, firstMs * factor ** (attempt - 1));
  return asked === undefined ? own : Math.max(own, asked * (1 + random() / 10));
}
