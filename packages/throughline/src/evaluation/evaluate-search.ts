/** Measures the search of a lake against judgements: each mode, the modes against each other, and against another index. */
import type { Lake } from '../lake/lake.ts';
import type { Searcher, SearchMode } from '../search/index.ts';
import { askQueries, type MeasuredQuery } from './ask-queries.ts';
import { adjusted, type Difference, differenceOf } from './difference.ts';
import type { JudgementSet } from './judgements.ts';
import { MEASURE_NAMES, type Measure, type Measures } from './metrics.ts';
import { type Missing, missingRecords } from './missing-records.ts';
import type { Interval } from './statistics/bootstrap.ts';
import { summarise } from './summary.ts';
import { greatestLosses, type WorstQuery, worstQueries } from './worst.ts';

export interface SearchEvaluation extends SideEvaluation {
  /** Folder of the judgements, and the digest of what they say. */
  judgements: string;
  digest: string;
  /** Queries that were asked. */
  queries: number;
  /** Queries that were not: nothing relevant to them is known. */
  withoutRelevant: number;
  /** Modes against each other. */
  differences: (Difference & { of: SearchMode; to: SearchMode; measure: Measure; pHolm: number })[];
  worst: WorstQuery[];
  /** The mode that `worst` is of. */
  worstMode: SearchMode;
  against?: SideEvaluation & {
    /** Of this one to the other: above 0 where this one is better. */
    differences: (Difference & { mode: SearchMode; measure: Measure; pHolm: number })[];
    /** The queries that lost most, in `worstMode`. */
    losses: WorstQuery[];
  };
}

interface SideEvaluation {
  lake: string;
  index: string;
  modes: Record<SearchMode, Measures>;
  /** 95 % confidence intervals of the means. */
  intervals: Record<SearchMode, Record<Measure, Interval>>;
  missing: Missing;
}

/** An index that is open, and the lake that it is of. */
export interface Side {
  lake: Lake;
  searcher: Pick<Searcher, 'search' | 'manifest'>;
}

export interface EvaluateOptions {
  signal: AbortSignal;
  against?: Side | undefined;
  /** How many of the worst queries are shown, and in which mode; 5 of hybrid search unless told. */
  worst?: number | undefined;
  worstMode?: SearchMode | undefined;
  /** Told before each mode is measured. */
  onStage?: ((stage: string) => void) | undefined;
}

const MODES: readonly SearchMode[] = ['hybrid', 'semantic', 'keyword'];
/** Whether fusing is worth it, and which side carries it. */
const PAIRS: readonly [of: SearchMode, to: SearchMode][] = [
  ['hybrid', 'keyword'],
  ['hybrid', 'semantic'],
  ['semantic', 'keyword'],
];
const WORST = 5;

/** Throws with exit code 65 if the judgements are of other records. Memory: a few numbers for each query. */
export async function evaluateSearch(
  side: Side,
  judgements: JudgementSet,
  options: EvaluateOptions,
): Promise<SearchEvaluation> {
  const { against, worst = WORST, worstMode = 'hybrid' } = options;
  const { searcher } = side;
  const { queries, directory, digest, withoutRelevant } = judgements;
  const measured = await measureSide(side, judgements, options, '');
  const evaluation: SearchEvaluation = {
    judgements: directory,
    digest,
    queries: queries.length,
    withoutRelevant,
    ...measured.evaluation,
    differences: differencesOfModes(measured.byMode),
    worst: await worstQueries(searcher, queries, measured.byMode[worstMode], worstMode, worst),
    worstMode,
  };
  if (against === undefined) return evaluation;
  const other = await measureSide(against, judgements, options, ', the other index');
  const [mine, theirs] = [measured.byMode[worstMode], other.byMode[worstMode]];
  const losses = await greatestLosses(searcher, queries, mine, theirs, worstMode, worst);
  const differences = differencesOfSides(measured.byMode, other.byMode);
  return { ...evaluation, against: { ...other.evaluation, differences, losses } };
}

type ByMode = Record<SearchMode, MeasuredQuery[]>;

async function measureSide(
  { lake, searcher }: Side,
  judgements: JudgementSet,
  { signal, onStage }: EvaluateOptions,
  whose: string,
): Promise<{ evaluation: SideEvaluation; byMode: ByMode }> {
  const { version: index, build } = searcher.manifest;
  const missing = await missingRecords(lake, build, judgements);
  const byMode = {} as ByMode;
  for (const mode of MODES) {
    onStage?.(`Asking ${judgements.queries.length} queries: ${mode}${whose}`);
    byMode[mode] = await askQueries(searcher, judgements.queries, mode, { signal });
  }
  const summaries = MODES.map((mode) => [mode, summarise(byMode[mode])] as const);
  const modes = Object.fromEntries(
    summaries.map(([mode, { means }]) => [mode, means]),
  ) as SideEvaluation['modes'];
  const intervals = Object.fromEntries(
    summaries.map(([mode, { intervals }]) => [mode, intervals]),
  ) as SideEvaluation['intervals'];
  return { evaluation: { lake: lake.root, index, modes, intervals, missing }, byMode };
}

function differencesOfModes(byMode: ByMode) {
  const all = MEASURE_NAMES.flatMap((measure) =>
    PAIRS.map(([of, to]) => ({ of, to, measure, ...differenceOf(byMode[of], byMode[to], measure) })),
  );
  return adjusted(all);
}

function differencesOfSides(mine: ByMode, theirs: ByMode) {
  const all = MEASURE_NAMES.flatMap((measure) =>
    MODES.map((mode) => ({ mode, measure, ...differenceOf(mine[mode], theirs[mode], measure) })),
  );
  return adjusted(all);
}
