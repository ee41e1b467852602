/** What comes after the tables: an index of them that may serve, then build and index are promoted in one step, then themes. */
import type { Build } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { indexFaults, isWithdrawn, makeIndex, promoteIndex } from '../search/index.ts';
import { refreshThemes } from '../theme/index.ts';
import type { Prepared } from './prepare.ts';
import { mayPromote, promoteBuild } from './promote-build.ts';
import type { RunResult } from './result.ts';
import type { RunEffects, RunOptions } from './run.ts';

/**
 * A build whose index may not serve is not promoted, unless there is none yet: what serves stays as it was, and the reasons are
 * in `unmet`.
 */
export async function promoteAndDerive(
  lake: Lake,
  build: Build,
  { config, model }: Prepared,
  options: RunOptions,
  { signal, clock, reporter }: RunEffects,
): Promise<Partial<Pick<RunResult, 'index' | 'themes' | 'unmet'>>> {
  signal.throwIfAborted();
  if (!(await mayPromote(lake, build))) return {};
  const isFirst = (await readCurrent(lake)).build === undefined;
  if (options.only === 'map' || isFirst) await promoteBuild(lake, build);
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
  const unmet = indexFaults(index, config.index);
  if (unmet.length > 0) return { unmet };
  await promoteIndex(lake, index, config.index, clock);
  if (options.skipThemes) return { index: index.version };
  const themes = await refreshThemes(lake, build, config.themes, {
    onFit: () => reporter.stage('themes'),
    signal,
    clock,
  });
  return { index: index.version, themes };
}
