/** The checks of `quality:`, at the point where a run could promote what it has published. */
import type { Build } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import { type CheckResult, checkBuild, failures, recordResults, sentence } from '../quality/index.ts';
import type { Prepared } from './prepare.ts';
import type { RunResult } from './result.ts';
import type { RunEffects } from './run.ts';

export interface QualityContext {
  result: Pick<RunResult, 'unmet'>;
  runId: string;
  /** Milliseconds since 1970 UTC. */
  started: number;
  effects: RunEffects;
}

/** What the checks came to, which is in the table `quality` as well; `unmet` has what was unmet before, and what may not be promoted for them. */
export async function checkQuality(
  lake: Lake,
  build: Build,
  { config, directory }: Prepared,
  { result, runId, started, effects }: QualityContext,
): Promise<{ quality: CheckResult[]; unmet: string[] }> {
  const { reporter, clock } = effects;
  if (config.quality.length === 0) return { quality: [], unmet: result.unmet };
  reporter.info?.(`Checking the quality of the records: ${config.quality.length} checks ...`);
  const quality = await checkBuild(lake, {
    ...{ build, directory, checks: config.quality, runStarted: started },
  });
  await recordResults(lake, { run: runId, build: build.info.digest }, quality, clock);
  for (const one of quality)
    if (one.status === 'failed' && one.severity === 'warn') reporter.warning(sentence(one));
  return { quality, unmet: [...result.unmet, ...failures(quality)] };
}
