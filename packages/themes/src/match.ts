/** Which themes of a new version are those of the version before. */
import { munkres } from 'munkres';
import { dot } from './dot.ts';
import { rowCount } from './unit-vectors.ts';

/** Items that are in both versions, by the theme that each puts them into. */
export interface Flow {
  before: number;
  after: number;
  items: number;
}

export interface MatchOptions {
  /** All items of each theme, also those that are in one version only. */
  before: readonly number[];
  after: readonly number[];
  /** Of each theme, row-major and of length 1: what is asked of themes that have few items in both versions. */
  centroids?: { before: Float32Array; after: Float32Array; dimension: number };
  /** Which theme before is which after, where that was settled otherwise: then nothing is paired here. */
  pairs?: Iterable<readonly [before: number, after: number]>;
}

/** A theme of the other version that shares items, and how much of either that is. */
export interface Share {
  theme: number;
  items: number;
  /** Of the items that this theme has in both versions. */
  ofThis: number;
  /** Of those that the other has. */
  ofOther: number;
}

export interface MatchedTheme {
  /** `split`: a part of a theme that is now several; `merged`: several themes that are now one, or of the version before: one of these. */
  status: 'same' | 'split' | 'merged' | 'born' | 'faded';
  /** Which theme of the other version it is; it keeps its name. */
  is: number | undefined;
  /** Where its items come from, or go to: the most first. */
  shares: Share[];
}

export interface Match {
  before: MatchedTheme[];
  after: MatchedTheme[];
}

/** A theme is the one that at least half of the smaller one's items say it is. */
const LEAST_SHARED = 0.5;
/** Parts of a theme, or themes that have merged: less than that is drift. */
const LEAST_PART = 0.2;
/** Of a theme's items, to be in both versions: a handful of old items does not say what many new ones are about. */
const LEAST_KNOWN = 0.1;
/** Centroids of one theme at two times are above, those of neighbours below. */
const LEAST_COSINE = 0.85;

/**
 * Pairs the themes so that as many items as possible stay in theirs (the assignment problem; Kuhn 1955, Munkres 1957), and says what
 * became of the others. Flows of no items count for nothing. Throws RangeError where there is
 * another number of centroids than of themes, ThemesError where they have another size.
 */
export function matchThemes(flows: Iterable<Flow>, options: MatchOptions): Match {
  const table = tableOf(flows, options);
  const is = new Map(options.pairs ?? pairsOf(table, options));
  const isAfter = new Map(Array.from(is, ([before, after]) => [after, before]));
  const sharesBefore = table.rows.map((row, before) =>
    sharesOf(row, table.ofBefore[before]!, (after) => table.ofAfter[after]!),
  );
  const sharesAfter = table.ofAfter.map((total, after) =>
    sharesOf(
      table.rows.map((row) => row[after]!),
      total,
      (before) => table.ofBefore[before]!,
    ),
  );
  const parts = sharesBefore.map((shares) =>
    shares.filter(({ ofThis, ofOther }) => ofThis >= LEAST_PART && ofOther >= LEAST_SHARED),
  );
  const sources = sharesAfter.map((shares) =>
    shares.filter(({ ofThis, ofOther }) => ofThis >= LEAST_PART && ofOther >= LEAST_SHARED),
  );
  const isPart = new Set(parts.flatMap((of) => (of.length > 1 ? of.map(({ theme }) => theme) : [])));
  const isKnown = knownOf(table, options);
  /** Most of it is in a theme that is another: it has been taken in, however little of that it is. */
  const isTakenIn = (theme: number) => {
    const most = sharesBefore[theme]![0];
    return (
      isKnown.before[theme] && most !== undefined && most.ofThis >= LEAST_SHARED && isAfter.has(most.theme)
    );
  };
  return {
    before: sharesBefore.map((shares, theme) => {
      const other = is.get(theme);
      const isSplit = parts[theme]!.length > 1;
      const left = isTakenIn(theme) ? 'merged' : isSplit ? 'split' : 'faded';
      return { status: other === undefined ? left : isSplit ? 'split' : 'same', is: other, shares };
    }),
    after: sharesAfter.map((shares, theme) => {
      const other = isAfter.get(theme);
      const isMerged = sources[theme]!.length > 1;
      const kept = isMerged ? 'merged' : isPart.has(theme) ? 'split' : 'same';
      const status = other !== undefined || isPart.has(theme) ? kept : 'born';
      return { status, is: other, shares };
    }),
  };
}

interface Table {
  /** Items by theme before, then by theme after. */
  rows: number[][];
  ofBefore: number[];
  ofAfter: number[];
}

function tableOf(flows: Iterable<Flow>, { before, after }: MatchOptions): Table {
  const rows = before.map(() => after.map(() => 0));
  for (const flow of flows) rows[flow.before]![flow.after]! += flow.items;
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const ofAfter = after.map((_, theme) => sum(rows.map((row) => row[theme]!)));
  return { rows, ofBefore: rows.map(sum), ofAfter };
}

function pairsOf(table: Table, options: MatchOptions): [number, number][] {
  const isKnown = knownOf(table, options);
  const byItems = pairsByItems(table, isKnown);
  return [...byItems, ...pairsByCentroid(byItems, isKnown, options)];
}

function knownOf({ ofBefore, ofAfter }: Table, { before, after }: MatchOptions): Known {
  return {
    before: before.map((size, theme) => ofBefore[theme]! > LEAST_KNOWN * size),
    after: after.map((size, theme) => ofAfter[theme]! > LEAST_KNOWN * size),
  };
}

/** Whether enough of a theme is in both versions to say what became of it. */
interface Known {
  before: readonly boolean[];
  after: readonly boolean[];
}

function pairsByItems({ rows, ofBefore, ofAfter }: Table, isKnown: Known): [number, number][] {
  return bestPairs(
    rows.map((row, before) =>
      row.map((items, after) => {
        const smaller = Math.min(ofBefore[before]!, ofAfter[after]!);
        const isEnough = isKnown.before[before] && isKnown.after[after] && items >= LEAST_SHARED * smaller;
        return isEnough ? items : 0;
      }),
    ),
  );
}

/** Of the themes that are left, where the items of one do not say what it is. */
function pairsByCentroid(
  paired: readonly [number, number][],
  isKnown: Known,
  { centroids, before, after }: MatchOptions,
): [number, number][] {
  if (centroids === undefined) return [];
  const { dimension } = centroids;
  checkRows(centroids.before, dimension, before.length);
  checkRows(centroids.after, dimension, after.length);
  const [old, young] = [before, after].map((themes, side) => {
    const taken = new Set(paired.map((pair) => pair[side]!));
    return [...themes.keys()].filter((theme) => !taken.has(theme));
  });
  const gain = (one: number, other: number) => {
    if (isKnown.before[one] && isKnown.after[other]) return 0;
    const cosine = dot(centroids.before, one, centroids.after, other, dimension);
    return cosine >= LEAST_COSINE ? cosine : 0;
  };
  const pairs = bestPairs(old!.map((one) => young!.map((other) => gain(one, other))));
  return pairs.map(([one, other]) => [old![one]!, young![other]!]);
}

/** Each row and each column at most once, so that the sum of the gains is the greatest; no pair without gain. */
function bestPairs(gains: readonly number[][]): [number, number][] {
  if (gains.length === 0 || gains[0]!.length === 0) return [];
  return munkres(gains.map((row) => row.map((gain) => -gain))).filter(
    ([row, column]) => gains[row]![column]! > 0,
  );
}

function checkRows(vectors: Float32Array, dimension: number, themes: number): void {
  const rows = rowCount(vectors, dimension);
  if (rows !== themes) throw new RangeError(`${rows} centroids for ${themes} themes`);
}

function sharesOf(row: readonly number[], total: number, other: (theme: number) => number): Share[] {
  return row
    .map((items, theme) => ({ theme, items, ofThis: items / total, ofOther: items / other(theme) }))
    .filter(({ items }) => items > 0)
    .sort((a, b) => b.items - a.items || a.theme - b.theme);
}
