/** How long the parts of a search took, in milliseconds with one decimal. Parts may run side by side. */
export interface Timings {
  readonly parts: Record<string, number>;
  time<T>(part: string, work: () => Promise<T>): Promise<T>;
}

export function timings(now: () => number = performance.now.bind(performance)): Timings {
  const parts: Record<string, number> = {};
  return {
    parts,
    async time(part, work) {
      const started = now();
      try {
        return await work();
      } finally {
        parts[part] = tenths((parts[part] ?? 0) + now() - started);
      }
    },
  };
}

export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
