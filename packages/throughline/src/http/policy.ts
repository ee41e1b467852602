import type { HttpPolicy } from './types.ts';

export const DEFAULT_POLICY: HttpPolicy = {
  timeoutMs: 30_000,
  retries: 3,
  backoff: { firstMs: 1000, factor: 2, mostMs: 60_000 },
  deadlineMs: 600_000,
  processes: 1,
  concurrency: { start: 4, most: 32 },
  breaker: { failures: 10, pauseMs: 30_000 },
  budget: {},
};
