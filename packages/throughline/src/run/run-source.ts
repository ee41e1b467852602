/** The way that a run takes to its source: by its changes, as a whole, or not at all where the tables are of it already. */
import { openLedger } from '../chunk/ledger.ts';
import type { Engine } from '../engine/engine.ts';
import type { Build } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import { closeLimits } from './close-limits.ts';
import { conclude, type Published } from './conclude.ts';
import { mappedBuild } from './mapped-build.ts';
import { isWholePlan } from './pending.ts';
import type { Prepared } from './prepare.ts';
import { emptyResult, type Ran, type RunResult, versionsOf } from './result.ts';
import type { BegunRun } from './run-effects.ts';
import { runFeed } from './run-feed.ts';
import { secondsSince } from './seconds-since.ts';
import { untouchedSource } from './source-mark.ts';
import { isAfterChunks } from './steps.ts';
import { openStreamColumns } from './stream-columns.ts';
import { streamedBuild } from './streamed-build.ts';
import { runWhole } from './whole-source.ts';

/** Up to what is derived of the tables, as far as the run's step goes, and the limits that were agreed on. */
export async function runSource(
  lake: Lake,
  engine: Engine,
  prepared: Prepared,
  run: BegunRun,
): Promise<RunResult> {
  const { options, effects, started } = run;
  const { build, result } =
    (await byChanges(lake, prepared, run)) ??
    (await asItIs(lake, prepared, run)) ??
    (await runWhole(lake, engine, prepared, run));
  for (const limit of result.unmet) effects.reporter.warning(`not promoted: ${limit}`);
  const ended = { ...result, tables: versionsOf(build), seconds: secondsSince(started, effects) };
  return { ...ended, limits: await closeLimits(lake, prepared.config, ended, { options, effects }) };
}

async function byChanges(lake: Lake, prepared: Prepared, run: BegunRun): Promise<Ran | undefined> {
  const { options, effects } = run;
  const build = await streamedBuild(lake, prepared, options);
  if (build && isAfterChunks(options.only)) {
    const columns = openStreamColumns(lake, prepared, effects);
    return await concluded(lake, prepared, { ...published(lake, build), columns }, run);
  }
  return build || options.follow === true ? await runFeed(lake, prepared, run) : undefined;
}

/** Nothing is read where nobody has touched the source since a complete run, nor by a step for tables that were judged. */
async function asItIs(lake: Lake, prepared: Prepared, run: BegunRun): Promise<Ran | undefined> {
  const { options } = run;
  const rule = prepared.rule ?? lake.pipeline.rule;
  if (rule === undefined) return undefined;
  const isAnyway = options.force === true || !isWholePlan(options);
  const untouched = isAnyway ? undefined : await untouchedSource(lake, prepared, rule, options.sample);
  if (untouched) {
    const { build, mark } = untouched;
    const { sourceRows, filtered, vanished = [] } = mark;
    const chunks = { done: 0, skipped: mark.chunks, failed: 0, left: 0 };
    const known = { chunks, sourceRows, filtered, vanished };
    return await concluded(lake, prepared, published(lake, build), run, known);
  }
  const mapped = await mappedBuild(lake, prepared, rule, options);
  return mapped && (await concluded(lake, prepared, mapped, run));
}

/** All of the source. */
function published(lake: Lake, build: Build): Published {
  const statesOf = async () => (await openLedger(lake, build.info.digest)).states;
  return { build, statesOf, isComplete: true, left: 0 };
}

async function concluded(
  lake: Lake,
  prepared: Prepared,
  tables: Published,
  run: BegunRun,
  known: Partial<RunResult> = {},
): Promise<Ran> {
  const { build } = tables;
  const result = { ...emptyResult(run.runId, build), ...known };
  return { build, result: { ...result, ...(await conclude(lake, prepared, tables, { ...run, result })) } };
}
