import { CERTAIN_FAULTS, FAULTS, type FaultKind } from './faults.ts';

export interface FakeApiOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The same requests in the same order meet the same faults. */
  readonly seed: number;
  readonly model: string;
  /** Unless a request asks for another. */
  readonly dimension: number;
  /** Requests without `Authorization: Bearer KEY` are refused with 401. Absent: anyone may ask. */
  readonly key?: string;
  /** The most texts of a request; more are refused with 413. */
  readonly mostTexts: number;
  /** Absent is unlimited. */
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** The limits hold so many seconds' worth at once, like a bucket that is full at the start. */
  readonly burstSeconds: number;
  /** How a 429 says when to come back. */
  readonly retryAfter: RetryAfter;
  /** Half of the answers take longer than `medianMs`; one in a hundred more than `p99Ms` (log-normal). */
  readonly latency: { readonly medianMs: number; readonly p99Ms: number };
  /** How likely each is, for every request. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** A 5xx comes so many times in a row, at most. */
  readonly mostInBurst: number;
}

export const RETRY_AFTER = ['seconds', 'date', 'ms', 'reset', 'none'] as const;
export type RetryAfter = (typeof RETRY_AFTER)[number];

export const DEFAULTS: FakeApiOptions = {
  port: 0,
  seed: 1,
  model: 'fake-embedding',
  dimension: 64,
  mostTexts: 2048,
  burstSeconds: 60,
  retryAfter: 'seconds',
  latency: { medianMs: 0, p99Ms: 0 },
  faults: {},
  mostInBurst: 3,
};

/**
 * "reset-mid-body=0.01,500=0.02", or "all=0.1": that much altogether, in equal parts of those that
 * can be found out. Throws RangeError for an unknown name or what is no probability.
 */
export function parseFaults(text: string): Partial<Record<FaultKind, number>> {
  const faults: Partial<Record<FaultKind, number>> = {};
  for (const each of text.split(',').filter((part) => part.trim() !== '')) {
    const [name, amount] = each.split('=').map((part) => part.trim());
    const probability = Number(amount ?? Number.NaN);
    if (!(probability >= 0 && probability <= 1))
      throw new RangeError(`"${each}" is not NAME=PROBABILITY, such as 500=0.02`);
    if (name === 'all') for (const kind of CERTAIN_FAULTS) faults[kind] = probability / CERTAIN_FAULTS.length;
    else if (isFault(name)) faults[name] = probability;
    else throw new RangeError(`there is no fault "${name}"; there are: all, ${FAULTS.join(', ')}`);
  }
  return faults;
}

function isFault(name: string | undefined): name is FaultKind {
  return (FAULTS as readonly string[]).includes(name ?? '');
}
