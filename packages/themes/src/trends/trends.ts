/** Which themes have become more or less frequent than they were, and which only seem to have. */
import { ThemesError } from '../errors.ts';
import { betaBinomialTails, type Tails } from './beta-binomial.ts';
import { dispersions } from './dispersion.ts';
import { qValues } from './false-discovery.ts';

export interface TrendCounts {
  /** Items of each period, in the order of time, without gaps: one that had none is 0. */
  totals: readonly number[];
  /** By theme, then by period. */
  counts: readonly (readonly number[])[];
}

export interface TrendOptions {
  /** Periods before one that it is compared with; 12 by default. */
  baseline?: number;
  /** Periods in a year: with it, what comes again each year is no news. */
  season?: number;
  /** Share of false ones among the changes that are reported, on average; .05 by default. */
  falseDiscovery?: number;
}

export interface TrendPoint {
  count: number;
  /** Of the period's items; null where it has none. */
  share: number | null;
  /** 95 % confidence band of the share (Wilson 1927), widened by how much the theme's shares vary beyond chance. */
  low: number | null;
  high: number | null;
  /** Share in the periods that it is compared with; null where there are fewer than three with items. */
  before: number | null;
  /** The smallest share of false ones at which the change would be reported; null where nothing was compared. */
  q: number | null;
  /** Share in the same period of the year before; null where it is not known. */
  yearBefore: number | null;
  change: 'new' | 'more' | 'less' | 'none';
}

/** Fewer periods tell nothing about how much a theme varies. */
const LEAST_BASELINE = 3;
/** Short of 1, where a period would have a theme in all of its items or in none. */
const MOST_CORRELATED = 0.99;
/** For the comparison with the year before alone, which only takes back what the first has found. */
const SEASONAL_P = 0.05;
const Z95 = 1.96;

/**
 * For each theme a point for each period. A count is compared with what the periods before let expect: a beta-binomial
 * distribution, as wide as chance, the baseline's own uncertainty and the theme's usual variation make it. Changes of one
 * period are reported with the false discovery rate held over all themes. Throws ThemesError where counts and totals do not fit.
 */
export function trends(counted: TrendCounts, options: TrendOptions = {}): TrendPoint[][] {
  const { totals, counts } = counted;
  refuseMisfits(counted);
  const { falseDiscovery = 0.05 } = options;
  const points = counts.map((series) => series.map((count, period) => plainPoint(count, totals[period]!, 1)));
  for (const period of totals.keys()) {
    const compared = comparePeriod(counted, period, options);
    if (compared === undefined) continue;
    const q = qValues(compared.map(({ p }) => p));
    for (const [theme, found] of compared.entries()) {
      points[theme]![period] = {
        ...plainPoint(counts[theme]![period]!, totals[period]!, found.dispersion),
        ...{ before: found.before, q: q[theme]!, yearBefore: found.yearBefore },
        change: q[theme]! <= falseDiscovery && !found.isSeasonal ? found.direction : 'none',
      };
    }
  }
  return points;
}

function refuseMisfits({ totals, counts }: TrendCounts): void {
  for (const [theme, series] of counts.entries()) {
    if (series.length !== totals.length)
      throw misfit(`theme ${theme} has ${series.length} counts for ${totals.length} periods`);
    const wrong = series.findIndex((count, i) => !(count >= 0 && count <= totals[i]!));
    if (wrong >= 0)
      throw misfit(`theme ${theme} has ${series[wrong]} of ${totals[wrong]} items in period ${wrong}`);
  }
}

function misfit(message: string): ThemesError {
  return new ThemesError('counts_shape', message);
}

function plainPoint(count: number, total: number, dispersion: number): TrendPoint {
  const nothing = { before: null, q: null, yearBefore: null, change: 'none' } as const;
  if (total === 0) return { count, share: null, low: null, high: null, ...nothing };
  const share = count / total;
  const square = (Z95 ** 2 * dispersion) / total;
  const middle = (share + square / 2) / (1 + square);
  const half = Math.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square);
  return { count, share, low: Math.max(0, middle - half), high: Math.min(1, middle + half), ...nothing };
}

interface Compared {
  p: number;
  direction: 'new' | 'more' | 'less';
  before: number;
  yearBefore: number | null;
  /** The year before was alike at this time. */
  isSeasonal: boolean;
  dispersion: number;
}

/** All themes in one period; undefined where it has no items, or too little before it. */
function comparePeriod(
  { totals, counts }: TrendCounts,
  period: number,
  { baseline = 12, season }: TrendOptions,
): Compared[] | undefined {
  const total = totals[period]!;
  const from = Math.max(0, period - baseline);
  const before = Array.from({ length: period - from }, (_, i) => from + i).filter((i) => totals[i]! > 0);
  if (total === 0 || before.length < LEAST_BASELINE) return undefined;
  const baselineTotals = before.map((i) => totals[i]!);
  const all = sum(baselineTotals);
  const series = counts.map((one) => ({ counts: before.map((i) => one[i]!), totals: baselineTotals }));
  const usual = dispersions(series);
  const yearAgo = season === undefined ? -1 : period - season;
  return series.map(({ counts: had }, theme): Compared => {
    const count = counts[theme]![period]!;
    const dispersion = usual[theme]!;
    const correlation = Math.min(1, (dispersion - 1) / Math.max(1, all / before.length - 1));
    const having = sum(had);
    const tails = tailsOf(count, total, { having, all }, correlation);
    const isMore = tails.upper < tails.lower;
    const seasonal = yearAgo >= 0 && totals[yearAgo]! > 0;
    const then = seasonal ? { having: counts[theme]![yearAgo]!, all: totals[yearAgo]! } : undefined;
    const again = then && tailsOf(count, total, then, correlation);
    return {
      p: Math.min(1, 2 * Math.min(tails.upper, tails.lower)),
      direction: isMore ? (having === 0 ? 'new' : 'more') : 'less',
      before: having / all,
      yearBefore: then ? then.having / then.all : null,
      isSeasonal: again !== undefined && (isMore ? again.upper : again.lower) > SEASONAL_P,
      dispersion,
    };
  });
}

/**
 * Of a count whose share is known from `having` of `all` items (with Jeffreys' prior), and varies from period to period by
 * `correlation`, as of the items of one period.
 */
function tailsOf(
  count: number,
  total: number,
  { having, all }: { having: number; all: number },
  correlation: number,
): Tails {
  const share = (having + 0.5) / (all + 1);
  const precision = 1 / Math.min(MOST_CORRELATED, correlation + 1 / (all + 2)) - 1;
  return betaBinomialTails(count, total, share * precision, (1 - share) * precision);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
