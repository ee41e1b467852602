import type { FakeApiOptions, RetryAfter } from './options.ts';

/** Requests and tokens per minute, each a bucket that is full at the start. Pure: the caller passes the time (ms). */
export interface RateLimit {
  /** Takes the request from both, or from neither. */
  admit(tokens: number, now: number): Verdict;
}

interface Verdict {
  readonly admitted: boolean;
  /** `x-ratelimit-*`, and for one who comes too early when to come back. */
  readonly headers: Record<string, string>;
}

interface Bucket {
  readonly name: 'requests' | 'tokens';
  readonly perMinute: number;
  readonly capacity: number;
  level: number;
}

export function openRateLimit(options: FakeApiOptions, wallClock: () => number = Date.now): RateLimit {
  const buckets = [
    bucketOf('requests', options.requestsPerMinute, options.burstSeconds),
    bucketOf('tokens', options.tokensPerMinute, options.burstSeconds),
  ].filter((bucket) => bucket !== undefined);
  let last: number | undefined;
  return {
    admit: (tokens, now) => {
      for (const bucket of buckets) {
        const flow = ((now - (last ?? now)) * bucket.perMinute) / 60_000;
        bucket.level = Math.min(bucket.capacity, bucket.level + flow);
      }
      last = now;
      const wanted = (bucket: Bucket) => (bucket.name === 'requests' ? 1 : Math.min(tokens, bucket.capacity));
      const waitsMs = buckets.map((bucket) => ((wanted(bucket) - bucket.level) / bucket.perMinute) * 60_000);
      const waitMs = Math.max(0, ...waitsMs);
      if (waitMs <= 0) for (const bucket of buckets) bucket.level -= wanted(bucket);
      const back = waitMs <= 0 ? {} : comeBack(options.retryAfter, waitMs, wallClock());
      return { admitted: waitMs <= 0, headers: { ...limitHeaders(buckets), ...back } };
    },
  };
}

function bucketOf(name: Bucket['name'], perMinute: number | undefined, seconds: number): Bucket | undefined {
  if (perMinute === undefined) return undefined;
  const capacity = Math.max(1, (perMinute * seconds) / 60);
  return { name, perMinute, capacity, level: capacity };
}

function limitHeaders(buckets: readonly Bucket[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, perMinute, capacity, level } of buckets) {
    headers[`x-ratelimit-limit-${name}`] = String(perMinute);
    headers[`x-ratelimit-remaining-${name}`] = String(Math.floor(level));
    headers[`x-ratelimit-reset-${name}`] = `${Math.ceil(((capacity - level) / perMinute) * 60_000)}ms`;
  }
  return headers;
}

/** Whole seconds and dates are rounded up: nobody is told to come too early. */
function comeBack(how: RetryAfter, waitMs: number, wallClock: number): Record<string, string> {
  if (how === 'seconds') return { 'retry-after': String(Math.ceil(waitMs / 1000)) };
  if (how === 'ms') return { 'retry-after-ms': String(Math.ceil(waitMs)) };
  if (how !== 'date') return {};
  const at = Math.ceil((wallClock + waitMs) / 1000) * 1000;
  return { 'retry-after': new Date(at).toUTCString() };
}
