/** What comes after the tables: an index of them that may serve, then build and index are promoted in one step, then themes. */
import type { Build } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { indexFaults, isWithdrawn, makeIndex, promoteIndex, removeOldIndexes } from '../search/index.ts';
import { refreshThemes } from '../theme/index.ts';
import { acceptIndex } from './accept-index.ts';
import type { Prepared } from './prepare.ts';
import { mayBePromoted, promoteBuild } from './promote-build.ts';
import type { RunResult } from './result.ts';
import type { RunEffects, RunOptions } from './run.ts';

type Derived = Partial<Pick<RunResult, 'index' | 'themes' | 'unmet' | 'relevance'>>;

/**
 * A build whose index may not serve is not promoted: what serves stays as it was, and the reasons are in `unmet`. The first build
 * of a lake is promoted before, unless its index is judged: tables without an index are better than none.
 */
export async function promoteAndDerive(
  lake: Lake,
  build: Build,
  prepared: Prepared,
  options: RunOptions,
  effects: RunEffects,
): Promise<Derived> {
  const { signal, clock, reporter } = effects;
  const { config, model } = prepared;
  signal.throwIfAborted();
  if (!(await mayBePromoted(lake, build))) return {};
  const { build: current } = await readCurrent(lake);
  const isJudged = config.acceptance.ndcg !== undefined && build.info.sample === undefined;
  if (options.only === 'map' && isJudged && current !== build.info.digest) {
    reporter.warning('not promoted yet: acceptance.ndcg is measured when the index is built');
    return {};
  }
  if (options.only === 'map' || (current === undefined && !isJudged)) await promoteBuild(lake, build);
  if (options.only === 'map') return {};
  const index = await makeIndex(lake, build, model, {
    onBuild: () => reporter.stage('index'),
    onProgress: (passages) => reporter.indexed?.(passages),
    signal,
    clock,
  });
  if (await isWithdrawn(lake, index.version)) {
    reporter.warning(
      `the index ${index.version} was withdrawn and is not promoted; undo it: throughline index promote ${index.version}`,
    );
    return {};
  }
  const faults = indexFaults(index, config.index);
  const relevance =
    faults.length > 0 ? undefined : await acceptIndex(lake, build, index, prepared, { signal, reporter });
  const unmet = [...faults, ...(relevance?.unmet ?? [])];
  if (unmet.length > 0) {
    await removeOldIndexes(lake, config.index.keep, clock);
    return { unmet, relevance };
  }
  await promoteIndex(lake, index, config.index, clock);
  if (options.skipThemes) return { index: index.version, relevance };
  const themes = await refreshThemes(lake, build, config.themes, {
    onFit: () => reporter.stage('themes'),
    signal,
    clock,
  });
  return { index: index.version, themes, relevance };
}
