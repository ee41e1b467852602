/** What comes after the chunks: what is published is judged, promoted, indexed and themed, as far as the run's step goes. */
import { measurePublished, measureSpending, stops } from '../acceptance/index.ts';
import type { ChunkState } from '../chunk/ledger.ts';
import type { Build } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { type CheckResult, recordResults } from '../quality/index.ts';
import type { SourceColumn } from '../source/source-columns.ts';
import { isJudged } from './accept-index.ts';
import { addedText, addsColumns, settleAdded } from './added-columns.ts';
import { checkQuality, type QualityContext } from './check-quality.ts';
import type { Prepared } from './prepare.ts';
import { type Derived, deriveThemes, promoteAndDerive } from './promote-and-derive.ts';
import { promoteBuild } from './promote-build.ts';
import type { RunResult } from './result.ts';
import { isPart } from './steps.ts';
import type { StreamColumns } from './stream-columns.ts';
import { productVersion } from './versions.ts';

export interface Published {
  build: Build;
  statesOf: () => Promise<ReadonlyMap<string, ChunkState>>;
  /** Every chunk of the source is published. */
  isComplete: boolean;
  /** Chunks that another run still works on. */
  left: number;
  /** What this run knows of the source and of its chunks; absent where it has not read the source. */
  read?: NonNullable<QualityContext['read']>;
  /** Of a source that is followed. */
  columns?: Pick<StreamColumns, 'look' | 'judged'>;
  /** A check has passed these tables: they are not judged twice. */
  hasPassed?: boolean;
}

type RunContext = Omit<QualityContext, 'read' | 'columns' | 'result'> & {
  result: QualityContext['result'] & Pick<RunResult, 'cost'>;
};

/** `isBegun`: nothing serves yet, and some chunks are there: better than nothing. */
async function standing(
  lake: Lake,
  { build, statesOf, isComplete }: Published,
): Promise<{ isWhole: boolean; isBegun: boolean }> {
  const { build: current } = await readCurrent(lake);
  const isBegun =
    current === undefined && [...(await statesOf()).values()].some(({ done }) => done !== undefined);
  // Chunks that failed keep what was published of them: the tables are whole without their change.
  return { isWhole: isComplete || isBegun || current === build.info.digest, isBegun };
}

const INCOMPLETE =
  'incomplete: the tables of these settings lack chunks of the source, and nothing is judged or promoted; throughline run maps them';

/** What the results of the run get of it. */
export async function conclude(
  lake: Lake,
  prepared: Prepared,
  published: Published,
  run: RunContext,
): Promise<Partial<RunResult>> {
  const { options, effects, result } = run;
  const { only } = options;
  const { build, statesOf, left, read } = published;
  if (isPart(options)) return {};
  const recorded = async ({ measured = [], ...derived }: Derived) => {
    await recordResults(lake, { run: run.runId, build: build.info.digest }, measured, effects.clock);
    return { derived, measured };
  };
  if (only === 'themes') {
    const { derived, measured } = await recorded(await deriveThemes(lake, build, prepared, effects));
    return { ...derived, quality: measured };
  }
  const { isWhole, isBegun } = await standing(lake, published);
  // A step has nobody else's work to wait for: it is told, and not taken for done.
  if (!isWhole && only !== undefined && only !== 'map') return { unmet: [INCOMPLETE] };
  const { config, directory } = prepared;
  const isChecked = isWhole && !published.hasPassed;
  const limits = await measurePublished(lake, build, {
    ...{ config, directory, statesOf, started: run.started },
    // The first chunks of a history are neither fresh nor like the whole.
    isWhole: isChecked && (published.isComplete || !isBegun),
    product: await productVersion(),
    info: (message) => effects.reporter.info?.(message),
    warning: (message) => effects.reporter.warning(message),
  });
  const spent = { cost: result.cost, seconds: (effects.clock() - run.started) / 1000 };
  // Measured again when all is over: what is too much by now keeps the rest from being promoted, where it was so agreed.
  const unmet = [
    ...stops(limits),
    ...(only === undefined || only === 'map' ? stops(measureSpending(config.acceptance, spent)) : []),
  ];
  const checked = isChecked
    ? await checkedColumns(lake, prepared, published, effects, (columns) => {
        const context = { ...run, result: { ...result, unmet }, columns, ...(read && { read }) };
        return checkQuality(lake, build, prepared, context);
      })
    : { quality: [], unmet };
  const judged = { ...checked, limits };
  if (only === 'check' || judged.unmet.length > 0) return judged;
  if (isBegun && !isJudged(config, build)) await promoteBuild(lake, build);
  if (!isWhole || left > 0) return judged;
  const { derived, measured } = await recorded(
    await promoteAndDerive(lake, build, prepared, options, effects),
  );
  return {
    ...{ ...judged, ...derived },
    quality: [...judged.quality, ...measured],
    limits: [...limits, ...(derived.limits ?? [])],
  };
}

/** With what later runs know of the source's columns. What a stream's checks have said of them is settled before anything is promoted: whatever ends it then, nothing is told twice. */
async function checkedColumns<T extends { quality: CheckResult[]; unmet: string[] }>(
  lake: Lake,
  { config, added, lookToken }: Prepared,
  { read, columns }: Published,
  { reporter }: RunContext['effects'],
  check: (columns: SourceColumn[] | undefined) => Promise<T>,
): Promise<T & Pick<RunResult, 'sourceColumns'>> {
  const now = columns ? await columns.look() : read?.staged.columns;
  const checked = await check(now);
  if (columns) return { ...checked, sourceColumns: await columns.judged(checked.quality) };
  if (addsColumns(config) && checked.unmet.length === 0) {
    const late = await settleAdded(lake, config, { looked: added, now, token: lookToken });
    const isNews = checked.quality.some(({ check, observed }) => check === 'schema' && (observed ?? 0) > 0);
    if (late.length > 0 && isNews)
      reporter.warning(addedText(late, 'from the next run of the whole source on'));
  }
  return { ...checked, sourceColumns: now };
}
