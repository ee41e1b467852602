export interface Interval {
  stage: string;
  /** Milliseconds since 1970 UTC. */
  from: number;
  to: number;
}

export interface StageClock {
  /** A stage lasts until the next begins. */
  begin(stage: string): void;
  /** In order; the last lasts until now. */
  intervals(): Interval[];
  /** Of each stage so far; one that began again went on. */
  seconds(): Record<string, number>;
}

/** `clock` in milliseconds since 1970 UTC; a clock that is set back takes nothing away. */
export function openStageClock(clock: () => number): StageClock {
  const begun: { stage: string; from: number }[] = [];
  const intervals = () => {
    const now = clock();
    return begun.map(({ stage, from }, i) => ({
      stage,
      from,
      to: Math.max(from, begun[i + 1]?.from ?? now),
    }));
  };
  return {
    begin: (stage) => void begun.push({ stage, from: clock() }),
    intervals,
    seconds() {
      const spent: Record<string, number> = {};
      for (const { stage, from, to } of intervals()) spent[stage] = (spent[stage] ?? 0) + (to - from) / 1000;
      return spent;
    },
  };
}
