import type { FaultKind } from './faults.ts';

/** What the server did since it started. */
export interface FakeApiStats {
  readonly requests: number;
  /** By status; 0 where none was sent. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Texts that were embedded, and would be charged, also where the answer was spoiled on its way. */
  readonly paidItems: number;
  readonly paidTokens: number;
  /** Of those, in answers that a fault made useless. */
  readonly spoiledItems: number;
  /** How many texts were embedded so many times: `{1: 19800, 2: 200}`. */
  readonly timesPaid: Readonly<Record<number, number>>;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Ms since the start of the first and the last request that was admitted, and how many were: for rates. */
  readonly admitted: { readonly count: number; readonly firstMs: number; readonly lastMs: number };
}

export interface Counter {
  request(): void;
  status(status: number): void;
  admitted(now: number): void;
  fault(kind: FaultKind): void;
  paid(texts: readonly string[], tokens: number, spoiled: number): void;
  paidFor(text: string): number;
  stats(): FakeApiStats;
}

export function openCounter(): Counter {
  const paid = new Map<string, number>();
  const statuses: Record<string, number> = {};
  const faults: Partial<Record<FaultKind, number>> = {};
  const admitted = { count: 0, firstMs: 0, lastMs: 0 };
  let [requests, paidItems, paidTokens, spoiledItems] = [0, 0, 0, 0];
  return {
    request: () => {
      requests++;
    },
    status: (status) => {
      statuses[status] = (statuses[status] ?? 0) + 1;
    },
    admitted: (now) => {
      if (admitted.count++ === 0) admitted.firstMs = now;
      admitted.lastMs = now;
    },
    fault: (kind) => {
      faults[kind] = (faults[kind] ?? 0) + 1;
    },
    paid: (texts, tokens, spoiled) => {
      for (const text of texts) paid.set(text, (paid.get(text) ?? 0) + 1);
      paidItems += texts.length;
      paidTokens += tokens;
      spoiledItems += spoiled;
    },
    paidFor: (text) => paid.get(text) ?? 0,
    stats: () => ({
      requests,
      statuses: { ...statuses },
      paidItems,
      paidTokens,
      spoiledItems,
      timesPaid: histogram(paid.values()),
      faults: { ...faults },
      admitted: { ...admitted },
    }),
  };
}

function histogram(values: Iterable<number>): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
