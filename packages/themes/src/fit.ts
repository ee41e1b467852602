import { absorbSmall } from './absorb.ts';
import { centroidsOf, themeSums } from './centroids.ts';
import { neighbourGraph } from './graph.ts';
import { hierarchy } from './hierarchy.ts';
import { type LeidenRuns, openLeiden } from './leiden-threads.ts';
import { mergeNearest } from './merge.ts';
import { DEFAULT_NEIGHBOURS, nearestNeighbours } from './neighbours.ts';
import { communityCount } from './partition.ts';
import { separation } from './separation.ts';
import { rowCount, unitVectors } from './unit-vectors.ts';

export interface FitOptions {
  /** Neighbours in the graph. Unless told 25, and twice as many where no level separates much. */
  k?: number;
  seed?: number;
  /** Themes have at least this many members (5 by default), unless everything together has fewer. */
  minSize?: number;
  /** `auto` finds the number of themes. A number is met exactly, if there are as many themes to be found. */
  count?: 'auto' | number;
  weights?: 'cosine' | 'umap';
  onProgress?: (progress: FitProgress) => void;
}

export interface FitProgress {
  step: 'neighbours' | 'level' | 'best of seeds';
  done: number;
  total: number;
}

/** One granularity that was looked at. */
export interface Level {
  resolution: number;
  membership: Int32Array;
  themes: number;
  /** `separation` of the themes, which chooses the level. */
  score: number;
}

export interface Fit {
  /** Theme of each vector, every vector has one: 0, 1, ... by descending size, then by first member. */
  membership: Int32Array;
  /** Row-major, `themes * dimension`, of length 1. */
  centroids: Float32Array;
  themes: number;
  /** Levels from coarse to fine: all that were looked at in the graph that the themes are of. */
  levels: Level[];
  /** Position of the level that the themes were made at. */
  chosen: number;
  /** `hierarchy` of the coarser levels: for each theme its group, from coarse to fine. Empty where none has half as many. */
  groups: Int32Array[];
  /** Of the neighbours, the share that was found: 1 up to 20,000 vectors, where the search is exact. */
  recall: number;
}

/** Resolutions 2^-1, 2^-0.5, ... 2^3: from a few broad themes to many narrow ones. */
const RESOLUTIONS = Array.from({ length: 9 }, (_, i) => 2 ** (i / 2 - 1));
/** The coarsest level within this share of the best score is taken. */
const NEARLY_BEST = 0.99;
/**
 * A silhouette below this shows no substantial structure (Kaufman and Rousseeuw 1990, table 4): it is highest for a
 * handful of themes only because there are few others to compare with. Long complaints are such texts.
 */
const LEAST_STRUCTURE = 0.25;
/** The resolution sqrt 2. Measured on complaints: within .001 of the best mean AMI of any rule. */
const USUAL_LEVEL = 3;
/**
 * Where nothing separates much, a neighbour is hardly nearer than others, and a graph of few of them depends on which texts happen to be
 * there: twice as many give themes that agree better between samples of complaints (figures in the README).
 */
const WIDER = 2;
/**
 * How many vectors this was measured with. Of less so many neighbours are nearly all; of more they help less and less, and take as long again to
 * be found.
 */
const WIDE = { from: 300, to: 20_000 };
/** A level that is only looked at need not be the best of its resolution: measured, more iterations choose no better. */
const LEVEL_ITERATIONS = 1;
const FINAL_SEEDS = 5;

/**
 * Finds themes among vectors (row-major, n * dimension): neighbours (exact up to 20,000), their graph, Leiden at nine resolutions, the
 * coarsest level that separates nearly best, and there the best of five seeds by modularity. Where no level separates much it is
 * the resolution sqrt 2, of a graph of twice as many neighbours unless a number of them, or of themes, is wanted. The same vectors and options give the
 * same themes. Throws ThemesError for a wrong size, NaN or infinity.
 */
export async function fit(vectors: Float32Array, dimension: number, options: FitOptions = {}): Promise<Fit> {
  const { k = DEFAULT_NEIGHBOURS, count = 'auto' } = options;
  const unit = unitVectors(vectors, dimension);
  const isWide = mayWiden(rowCount(unit, dimension), options);
  const near = await onGraph(unit, dimension, { ...options, k }, RESOLUTIONS, async (scene, levels) => {
    if (count !== 'auto') return settleAtCount(scene, levels, count);
    if (!isLoose(levels)) return settle(scene, levels, nearlyBest(levels));
    return isWide ? undefined : settle(scene, levels, USUAL_LEVEL);
  });
  if (near) return near;
  const wide = { ...options, k: WIDER * DEFAULT_NEIGHBOURS };
  return await onGraph(unit, dimension, wide, RESOLUTIONS.slice(0, USUAL_LEVEL + 1), (scene, levels) =>
    settle(scene, levels, USUAL_LEVEL),
  );
}

/** Whether the graph of n vectors gets more neighbours, should no level separate much. */
export function mayWiden(n: number, { k, count = 'auto' }: FitOptions): boolean {
  return k === undefined && count === 'auto' && n >= WIDE.from && n <= WIDE.to;
}

/** What `find` makes of the graph of `k` neighbours and its levels at these resolutions. */
async function onGraph<Found>(
  unit: Float32Array,
  dimension: number,
  options: FitOptions & { k: number },
  resolutions: readonly number[],
  find: (scene: Scene, levels: Level[]) => Promise<Found>,
): Promise<Found> {
  await using scene = await openScene(unit, dimension, options);
  const levels = await counted(scene, 'level', resolutions, (resolution) => levelAt(scene, resolution));
  return await find(scene, levels);
}

/** Vectors and their graph. */
interface Scene extends AsyncDisposable {
  unit: Float32Array;
  dimension: number;
  runs: LeidenRuns;
  /** Share of the neighbours that was found. */
  recall: number;
  minSize: number;
  seed: number;
  onProgress: (progress: FitProgress) => void;
}

async function openScene(
  unit: Float32Array,
  dimension: number,
  { k, weights, minSize = 5, seed = 0, onProgress = () => {} }: FitOptions & { k: number },
): Promise<Scene> {
  const n = rowCount(unit, dimension);
  onProgress({ step: 'neighbours', done: 0, total: n });
  const neighbours = await nearestNeighbours(unit, dimension, { k });
  const runs = openLeiden(neighbourGraph(n, neighbours, weights ? { weights } : {}));
  const { recall } = neighbours;
  const dispose = () => runs[Symbol.asyncDispose]();
  return { unit, dimension, runs, recall, minSize, seed, onProgress, [Symbol.asyncDispose]: dispose };
}

/** What `find` makes of each item, all at once; progress is told as they end. */
function counted<Item, Found>(
  { onProgress }: Scene,
  step: FitProgress['step'],
  items: readonly Item[],
  find: (item: Item) => Promise<Found>,
): Promise<Found[]> {
  const total = items.length;
  let done = 0;
  onProgress({ step, done, total });
  return Promise.all(
    items.map(async (item) => {
      const found = await find(item);
      onProgress({ step, done: ++done, total });
      return found;
    }),
  );
}

async function levelAt(scene: Scene, resolution: number): Promise<Level> {
  const { seed } = scene;
  const communities = await scene.runs.run({ resolution, seed, iterations: LEVEL_ITERATIONS });
  const membership = await themesAt(scene, communities.membership);
  const themes = communityCount(membership);
  return {
    resolution,
    membership,
    themes,
    score: await separation(scene.unit, scene.dimension, membership, themes),
  };
}

function themesAt({ unit, dimension, minSize }: Scene, communities: Int32Array): Promise<Int32Array> {
  return absorbSmall(unit, dimension, communities, minSize);
}

/** Whether no level separates much. */
function isLoose(levels: Level[]): boolean {
  return bestScore(levels) < LEAST_STRUCTURE;
}

function bestScore(levels: Level[]): number {
  return Math.max(...levels.map((level) => level.score));
}

/** The coarsest level that is nearly best. */
function nearlyBest(levels: Level[]): number {
  return levels.findIndex((level) => level.score >= NEARLY_BEST * bestScore(levels));
}

/**
 * `count` themes of the coarsest level that has as many; where none has, those of the level with most. The best of seeds may have fewer themes than
 * the level was looked at with: then it is a finer one.
 */
async function settleAtCount(scene: Scene, levels: Level[], count: number): Promise<Fit> {
  const wanted = Math.min(count, Math.max(...levels.map(({ themes }) => themes)));
  let most: Fit | undefined;
  for (const [position, { themes }] of levels.entries()) {
    if (themes < wanted) continue;
    const found = await settle(scene, levels, position, count);
    if (found.themes >= wanted) return found;
    if (most === undefined || found.themes > most.themes) most = found;
  }
  return most!;
}

/** The themes of a level; merged down to a wanted count. */
async function settle(scene: Scene, levels: Level[], chosen: number, count?: number): Promise<Fit> {
  const { unit, dimension, recall } = scene;
  const settled = await bestOfSeeds(scene, levels[chosen]!);
  const membership =
    count === undefined ? settled : await mergeNearest(unit, dimension, settled, Math.max(1, count));
  const themes = communityCount(membership);
  const centroids = centroidsOf(themeSums(unit, dimension, membership, themes), dimension);
  const coarser = levels.slice(0, chosen).map((level) => level.membership);
  return {
    ...{ membership, centroids, themes, levels, chosen, recall },
    groups: hierarchy(coarser, membership),
  };
}

/** Several seeds at a level: of the partitions, the first of highest modularity. */
async function bestOfSeeds(scene: Scene, { resolution }: Level): Promise<Int32Array> {
  const seeds = Array.from({ length: FINAL_SEEDS }, (_, i) => scene.seed + i);
  const found = await counted(scene, 'best of seeds', seeds, (seed) => scene.runs.run({ resolution, seed }));
  const best = found.reduce((a, b) => (b.quality > a.quality ? b : a));
  return await themesAt(scene, best.membership);
}
