export interface StageClock {
  /** A stage lasts until the next begins; one that begins again goes on. */
  begin(name: string): void;
  /** So far; the last stage lasts until now. */
  seconds(): Record<string, number>;
}

/** `clock` in milliseconds. */
export function openStageClock(clock: () => number): StageClock {
  const spent = new Map<string, number>();
  let current: { name: string; since: number } | undefined;
  const close = (now: number) => {
    if (current === undefined) return;
    spent.set(current.name, (spent.get(current.name) ?? 0) + Math.max(0, now - current.since));
    current.since = now;
  };
  return {
    begin(name) {
      const now = clock();
      close(now);
      current = { name, since: now };
    },
    seconds() {
      close(clock());
      return Object.fromEntries([...spent].map(([name, ms]) => [name, ms / 1000]));
    },
  };
}
