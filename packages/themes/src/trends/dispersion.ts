export interface Series {
  counts: readonly number[];
  /** Of all series together, by period; above 0. */
  totals: readonly number[];
}

/** Degrees of freedom that the common figure counts for beside a series' own. */
const PRIOR = 8;
/** Expected in a period, below which the statistic of a series says nothing. */
const LEAST_EXPECTED = 1;

/**
 * How much more each series' shares vary from period to period than chance does (1: as much as chance). Pearson's statistic by its
 * degrees of freedom; drawn towards the median of all series, which one outburst does not move (as Smyth 2004 shrinks variances,
 * doi:10.2202/1544-6115.1027), and widened
 * for being an estimate, as Student's t is. At least 1.
 */
export function dispersions(series: readonly Series[]): number[] {
  const own = series.map(pearson);
  const known = own.filter((one) => one !== undefined);
  const common = known.length === 0 ? 1 : median(known.map(({ perDegree }) => perDegree));
  return own.map((one) => {
    if (one === undefined) return Math.max(1, common);
    const degrees = one.degrees + PRIOR;
    const drawn = (one.degrees * one.perDegree + PRIOR * common) / degrees;
    return Math.max(1, (drawn * degrees) / (degrees - 2));
  });
}

function pearson({ counts, totals }: Series): { perDegree: number; degrees: number } | undefined {
  const degrees = counts.length - 1;
  const all = sum(totals);
  const share = sum(counts) / all;
  const isSparse = share * all < LEAST_EXPECTED * counts.length;
  if (degrees < 1 || isSparse || share >= 1) return undefined;
  let statistic = 0;
  for (const [i, count] of counts.entries()) {
    const expected = share * totals[i]!;
    statistic += (count - expected) ** 2 / (expected * (1 - share));
  }
  return { perDegree: statistic / degrees, degrees };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
