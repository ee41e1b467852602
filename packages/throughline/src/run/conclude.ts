/** What comes after the chunks: what is published is judged, promoted, indexed and themed, as far as the run's step goes. */
import type { ChunkState } from '../chunk/ledger.ts';
import type { Build } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { isJudged } from './accept-index.ts';
import { unmetLimits } from './acceptance.ts';
import { checkQuality } from './check-quality.ts';
import { isWholePlan } from './pending.ts';
import type { Prepared } from './prepare.ts';
import { deriveThemes, promoteAndDerive } from './promote-and-derive.ts';
import { promoteBuild } from './promote-build.ts';
import type { RunResult } from './result.ts';
import type { RunEffects, RunOptions } from './run.ts';

export interface Published {
  build: Build;
  statesOf: () => Promise<ReadonlyMap<string, ChunkState>>;
  /** Every chunk of the source is published. */
  isComplete: boolean;
  /** Chunks that another run still works on. */
  left: number;
}

/** `isBegun`: nothing serves yet, and some chunks are there: better than nothing. */
export async function standing(
  lake: Lake,
  { build, statesOf, isComplete }: Published,
): Promise<{ isWhole: boolean; isBegun: boolean }> {
  const { build: current } = await readCurrent(lake);
  const isBegun =
    current === undefined && [...(await statesOf()).values()].some(({ done }) => done !== undefined);
  // Chunks that failed keep what was published of them: the tables are whole without their change.
  return { isWhole: isComplete || isBegun || current === build.info.digest, isBegun };
}

export async function conclude(
  lake: Lake,
  prepared: Prepared,
  options: RunOptions,
  published: Published,
  run: { runId: string; started: number; effects: RunEffects },
): Promise<Partial<RunResult>> {
  const { only } = options;
  const { build, statesOf, left } = published;
  const { effects } = run;
  // Another task may have another part of the chunks: what all of them come to is judged after them.
  if (only === 'map' && !isWholePlan(options)) return {};
  if (only === 'themes') return await deriveThemes(lake, build, prepared, effects);
  const { isWhole, isBegun } = await standing(lake, published);
  if (!isWhole && only !== undefined && only !== 'map')
    effects.reporter.warning('nothing is judged or promoted: chunks are missing. throughline run maps them');
  const limits = await unmetLimits(lake, build, statesOf, prepared.config);
  const judged = isWhole
    ? await checkQuality(lake, build, prepared, { result: { unmet: limits }, ...run })
    : { quality: [], unmet: limits };
  if (only === 'check' || judged.unmet.length > 0) return judged;
  if (isBegun && !isJudged(prepared.config, build)) await promoteBuild(lake, build);
  if (!isWhole || left > 0) return judged;
  return { ...judged, ...(await promoteAndDerive(lake, build, prepared, options, effects)) };
}
