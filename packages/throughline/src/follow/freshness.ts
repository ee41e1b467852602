/** How old changes are when they are published: from their coming into being to the commit that shows them to readers. */

export interface FreshnessSummary {
  /** Seconds, of the newest change of each micro-batch; undefined where the source does not tell when changes came into being. */
  p50: number | undefined;
  p95: number | undefined;
  max: number | undefined;
}

export interface Freshness {
  /** Both in milliseconds since 1970 UTC; gives the age in seconds. */
  add(newestAt: number | undefined, publishedAt: number): number | undefined;
  summary(): FreshnessSummary;
}

/** Of the last so many micro-batches: memory does not grow with time. */
const KEPT = 1_000;

export function openFreshness(): Freshness {
  const ages: number[] = [];
  return {
    add(newestAt, publishedAt) {
      if (newestAt === undefined) return undefined;
      const age = Math.max(0, publishedAt - newestAt) / 1000;
      ages.push(age);
      if (ages.length > KEPT) ages.shift();
      return age;
    },
    summary() {
      const sorted = ages.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
      return { p50: at(0.5), p95: at(0.95), max: sorted.at(-1) };
    },
  };
}
