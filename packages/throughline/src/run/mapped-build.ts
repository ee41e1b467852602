import { openLedger } from '../chunk/ledger.ts';
import type { ChunkRule } from '../chunk/plan.ts';
import { type Build, openBuild, refreshTables } from '../lake/build.ts';
import { buildInfo } from '../lake/build-info.ts';
import { digestOf } from '../lake/canonical.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { configDigest } from './begun-manifest.ts';
import type { Published } from './conclude.ts';
import { listRuns } from './manifest.ts';
import type { Prepared } from './prepare.ts';
import { type RunResult, versionsOf } from './result.ts';
import type { RunOptions } from './run-options.ts';

/**
 * For steps after the check, the build that serves, or that would as the first, where its tables are those that a check has passed: then
 * the source need not be read again.
 */
export async function mappedBuild(
  lake: Lake,
  prepared: Prepared,
  rule: ChunkRule,
  { only, sample }: RunOptions,
): Promise<Published | undefined> {
  if (only !== 'index' && only !== 'themes') return undefined;
  const info = buildInfo(prepared.config, rule, prepared, sample);
  const { build: current } = await readCurrent(lake);
  if (current !== undefined && current !== info.digest) return undefined;
  const build = await openBuild(lake, info);
  await refreshTables(build);
  if (only === 'index' && !(await hasPassed(lake, build, configDigest(prepared.config)))) return undefined;
  const statesOf = async () => (await openLedger(lake, info.digest)).states;
  return { build, statesOf, isComplete: false, left: 0, hasPassed: true };
}

/** Whether the last check that ended was of these tables by this config, and passed. */
async function hasPassed(lake: Lake, build: Build, config: string): Promise<boolean> {
  const checked = (await listRuns(lake)).find(
    ({ manifest }) => (manifest.options as RunOptions)?.only === 'check',
  );
  const { tables } = (checked?.manifest.result ?? {}) as Partial<RunResult>;
  const isOfThese =
    checked?.build === build.info.digest && digestOf({ tables }) === digestOf({ tables: versionsOf(build) });
  return isOfThese && checked?.status === 'done' && checked.manifest.config === config;
}
