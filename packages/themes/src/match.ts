/** Which themes of a new version are those of the version before. */
import { munkres } from 'munkres';
import { rowCount } from './unit-vectors.ts';

/** Items that are in both versions, by the theme that each puts them into. */
export interface Flow {
  before: number;
  after: number;
  items: number;
}

export interface MatchOptions {
  /** Number of themes. */
  before: number;
  after: number;
  /** Of each theme, row-major and of length 1: what is asked of themes that have no item in both versions. */
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
/** Without shared items: centroids of one theme at two times are above, those of neighbours below. */
const LEAST_COSINE = 0.85;

/**
 * Pairs the themes so that as many items as possible stay in theirs (the assignment problem; Kuhn 1955, Munkres 1957), and says what
 * became of the others. Flows of no items count for nothing. Throws ThemesError where centroids have another size.
 */
export function matchThemes(flows: Iterable<Flow>, options: MatchOptions): Match {
  const table = tableOf(flows, options);
  const is = new Map(options.pairs ?? [...pairsByItems(table), ...pairsByCentroid(table, options)]);
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
  const isSource = new Set(sources.flatMap((of) => (of.length > 1 ? of.map(({ theme }) => theme) : [])));
  return {
    before: sharesBefore.map((shares, theme) => {
      const other = is.get(theme);
      const isSplit = parts[theme]!.length > 1;
      const left = isSource.has(theme) ? 'merged' : isSplit ? 'split' : 'faded';
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
  const rows = Array.from({ length: before }, () => new Array<number>(after).fill(0));
  for (const flow of flows) rows[flow.before]![flow.after]! += flow.items;
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const ofAfter = Array.from({ length: after }, (_, theme) => sum(rows.map((row) => row[theme]!)));
  return { rows, ofBefore: rows.map(sum), ofAfter };
}

function pairsByItems({ rows, ofBefore, ofAfter }: Table): [number, number][] {
  return bestPairs(
    rows.map((row, before) =>
      row.map((items, after) => {
        const smaller = Math.min(ofBefore[before]!, ofAfter[after]!);
        return items >= LEAST_SHARED * smaller ? items : 0;
      }),
    ),
  );
}

/** Of the themes of which nothing is in both versions. */
function pairsByCentroid(
  { ofBefore, ofAfter }: Table,
  { centroids, before, after }: MatchOptions,
): [number, number][] {
  if (centroids === undefined) return [];
  const { dimension } = centroids;
  checkRows(centroids.before, dimension, before);
  checkRows(centroids.after, dimension, after);
  const [old, young] = [ofBefore, ofAfter].map((of) => [...of.keys()].filter((theme) => of[theme] === 0));
  const cosine = (one: number, other: number) => {
    let sum = 0;
    for (let d = 0; d < dimension; d++)
      sum += centroids.before[one * dimension + d]! * centroids.after[other * dimension + d]!;
    return sum >= LEAST_COSINE ? sum : 0;
  };
  const pairs = bestPairs(old!.map((one) => young!.map((other) => cosine(one, other))));
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
