/**
 * Whether production gives the same results, in all the ways that can be asked: against the results that were agreed on, a batch against
 * one at a time, the fit of the themes against their assignment, today against an earlier run.
 */

import type { CompareRequest } from '../compare/compare.ts';
import {
  type Comparison,
  compareAlone,
  compareFit,
  compareSides,
  DEFAULT_LIMITS,
  type Limits,
  type ParityReport,
} from '../compare/index.ts';
import type { LoadedConfig } from '../config/index.ts';
import { existingBuild } from '../lake/build.ts';
import { existingLake, type Lake, promotedBuild, readCurrent } from '../lake/lake.ts';
import { specOf } from '../model/index.ts';
import { recordedTables } from '../reproduce/recorded-tables.ts';
import { findRun } from '../run/find-run.ts';
import { resultOf } from '../run/result-of.ts';
import { productVersion } from '../run/versions.ts';

export interface ParityRequest {
  /** Both sides of the first comparison; undefined to leave it out. */
  sides: Omit<CompareRequest, 'onStage'> | undefined;
  /** The lake that is asked of the rest. */
  lake: string;
  /** Of the lake, where it was named by one. */
  loaded: LoadedConfig | undefined;
  /** Passages that are embedded again, each by itself. */
  alone?: number | undefined;
  fit?: boolean | undefined;
  /** A run as `runs show` takes it. */
  before?: string | undefined;
  limits: Limits;
  /** Milliseconds since 1970 UTC. */
  now: number;
  onStage: (stage: string) => void;
}

/** Throws what `compareSides` throws, and with exit code 66 where what the run has left is gone. */
export async function measureParity(request: ParityRequest): Promise<ParityReport> {
  const { sides, alone, fit, before, limits, loaded, now, onStage } = request;
  const reference = sides && (await compareSides({ ...sides, onStage }));
  const isOfLake = alone !== undefined || fit || before !== undefined;
  const lake = isOfLake ? await existingLake(request.lake) : undefined;
  const checks = [];
  if (lake && alone !== undefined) {
    onStage('Embedding passages one at a time');
    const spec = loaded && specOf(loaded.config.embed, loaded.directory);
    const onProgress = (done: number, of: number) => {
      if (done % TOLD_EVERY === 0) onStage(`Embedding passages one at a time: ${done} of ${of}`);
    };
    const minCosine = limits.minCosine ?? DEFAULT_LIMITS.minCosine;
    checks.push(await compareAlone(lake, { spec, passages: alone, minCosine, onProgress }));
  }
  if (lake && fit) {
    onStage('Comparing the fit of the themes with their assignment');
    checks.push(await compareFit(lake));
  }
  const earlier = lake && before !== undefined ? await compareBefore(lake, before, request) : undefined;
  const parts = [reference, earlier].filter((one) => one !== undefined);
  return {
    pipeline: loaded?.config.name ?? request.lake,
    at: new Date(now).toISOString(),
    ok: parts.every(({ equal }) => equal) && checks.every(({ lines }) => lines.every(({ ok }) => ok)),
    reference,
    before: earlier,
    checks,
    circumstances: await circumstancesOf(lake, request.lake),
  };
}

const TOLD_EVERY = 100;
/** Data goes on: rows come, go and change. What has the same text has to have the same vector. */
const GOES_ON: Limits = {
  missing: Number.POSITIVE_INFINITY,
  extra: Number.POSITIVE_INFINITY,
  changed: Number.POSITIVE_INFINITY,
};

async function compareBefore(
  lake: Lake,
  name: string,
  { limits, onStage }: ParityRequest,
): Promise<Comparison> {
  const entry = await findRun(lake, name);
  const result = resultOf(entry);
  const build = await recordedTables(lake, entry.run, {
    build: entry.build ?? result.build,
    tables: result.tables,
  });
  const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  return await compareSides({
    ...{ a: lake.root, b: lake.root, columns: {}, onStage, sameTextsOnly: true },
    recorded: { run: entry.run, build, themes: result.themes },
    limits: { ...GOES_ON, ...given },
  });
}

async function circumstancesOf(lake: Lake | undefined, path: string): Promise<[string, string][]> {
  const made: [string, string][] = [
    ['throughline', await productVersion()],
    ['node', process.version],
    ['platform', `${process.platform}-${process.arch}`],
  ];
  const opened = lake ?? (await existingLake(path).catch(() => undefined));
  if (opened === undefined) return made;
  const { info, tables } = await existingBuild(opened, await promotedBuild(opened));
  const { index, themes } = await readCurrent(opened);
  return [
    ...made,
    ['model', info.modelDigest],
    ['build', info.digest],
    ...Object.entries(tables).map(([name, { version }]): [string, string] => [name, `version ${version}`]),
    ['index', index ?? 'none'],
    ['themes', themes ?? 'none'],
  ];
}
