/** What a run found of one limit of `acceptance:`. */

/** Names of the config. */
export type LimitName = 'deadLetterRate' | 'ndcg' | 'freshness' | 'parity' | 'costPerRun' | 'duration';

export interface Figure {
  /** Of the limit, and of the part of it where it has several: `parity.minCosine`. */
  name: string;
  /** Null where there was nothing to measure. */
  observed: number | null;
  /** What was agreed on, with the unit of both: `<= 24 hours`. */
  expected: string;
  ok: boolean;
}

export interface MeasuredLimit {
  name: LimitName;
  /** What follows where it is not met. */
  onMiss: 'stop' | 'warn';
  figures: Figure[];
  /** What is not met, as sentences that begin with the name; empty where all is. */
  unmet: string[];
}

/** Sentences for what must keep a build from being promoted. */
export function stops(limits: readonly MeasuredLimit[]): string[] {
  return limits.flatMap(({ onMiss, unmet }) => (onMiss === 'stop' ? unmet : []));
}

/** A limit of one figure that must not be above `max`; `shown` writes both with their unit. */
export function atMost(
  name: LimitName,
  observed: number,
  { max, onMiss, shown }: { max: number; onMiss: 'stop' | 'warn'; shown: (value: number) => string },
): MeasuredLimit {
  const ok = observed <= max;
  return {
    ...{ name, onMiss },
    figures: [{ name, observed, expected: `<= ${shown(max)}`, ok }],
    unmet: ok ? [] : [`${name}: ${shown(observed)}; at most ${shown(max)}`],
  };
}
