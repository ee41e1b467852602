/** What was made lately, by name: made once, also where several ask for it at the same time. What fails is not remembered. */
export interface RecentOnes<T> {
  get(name: string, make: () => Promise<T>): Promise<T>;
  /** How many were there, and how many had to be made, since the beginning. */
  readonly counts: { hits: number; misses: number };
}

/** Bounded: of more than `limit`, what was not asked for the longest is forgotten. */
export function recentOnes<T>(limit: number): RecentOnes<T> {
  const made = new Map<string, Promise<T>>();
  const counts = { hits: 0, misses: 0 };
  return {
    counts,
    get(name, make) {
      const there = made.get(name);
      made.delete(name);
      if (there !== undefined) counts.hits++;
      else counts.misses++;
      const one = there ?? make();
      made.set(name, one);
      if (there === undefined)
        one.catch(() => {
          if (made.get(name) === one) made.delete(name);
        });
      if (made.size > limit) made.delete(made.keys().next().value!);
      return one;
    },
  };
}
