import { createHash } from 'node:crypto';

/**
 * Milliseconds before attempt `attempt` + 1 (the first is 1) of chunks that failed together, by the first of them: doubled
 * each time, half to the whole of it by the chunk's name, so that runs that failed together do not come back together.
 */
export function retryDelayMs(chunk: string, attempt: number, waitMs: number): number {
  const share = createHash('sha256').update(`${chunk}/${attempt}`).digest().readUInt32BE() / 2 ** 32;
  return Math.round(waitMs * 2 ** (attempt - 1) * (0.5 + share / 2));
}
