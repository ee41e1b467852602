/** What comes after the tables: an index of them that may serve, then build and index are promoted in one step, then themes. */
import { limitOfJudgement, stops } from '../acceptance/index.ts';
import type { Config } from '../config/index.ts';
import { ThroughlineError } from '../error.ts';
import type { Build } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { type CheckResult, indexResults, themeResults } from '../quality/index.ts';
import {
  indexFaults,
  isWithdrawn,
  makeIndex,
  promoteIndex,
  readManifest,
  removeOldIndexes,
} from '../search/index.ts';
import { openNaming, refreshThemes, type ThemesWatched, unnamedThemes, watchThemes } from '../theme/index.ts';
import { readThemesManifest } from '../theme/manifest.ts';
import { acceptIndex, isJudged } from './accept-index.ts';
import type { Prepared } from './prepare.ts';
import { mayBePromoted, promoteBuild } from './promote-build.ts';
import type { RunResult } from './result.ts';
import type { RunEffects } from './run-effects.ts';
import type { RunOptions } from './run-options.ts';

export type Derived = Partial<
  Pick<RunResult, 'index' | 'themes' | 'themesFit' | 'themesWatched' | 'unmet' | 'relevance' | 'limits'>
> & {
  /** What the index was measured to be, unless it was promoted before, and how steady a new fit of the themes is. */
  measured?: CheckResult[];
};

const WHAT_TO_DO =
  'the index is kept: throughline index list shows it, throughline index verify VERSION measures it again, index.minRecall is the limit';

/**
 * A build whose index may not serve is not promoted: what serves stays as it was, and the reasons are in `unmet`. The first build
 * of a lake is promoted before, unless its index is judged: tables without an index are better than none. Where an index serves, a
 * new build is promoted with its own only.
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
  const seen = await readCurrent(lake);
  const isNew = seen.build !== build.info.digest;
  const waits = isJudged(config, build) || seen.index !== undefined;
  if (options.only === 'map') {
    if (isNew && waits)
      reporter.warning('not promoted yet: a build is promoted with its index, by a run without --only map');
    else await promoteBuild(lake, build);
    return {};
  }
  if (isNew && !waits) await promoteBuild(lake, build);
  const index = await makeIndex(lake, build, model, {
    onBuild: () => reporter.stage('index'),
    onProgress: (passages) => reporter.indexed?.(passages),
    onVerify: () => reporter.info?.('Measuring the index against an exact scan ...'),
    minRecall: config.index.minRecall,
    store: config.index.store,
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
  const measured = seen.index === index.version ? [] : indexResults(index, config.index);
  const relevance =
    faults.length > 0 ? undefined : await acceptIndex(lake, build, index, prepared, { signal, reporter });
  const limits =
    relevance && config.acceptance.ndcg ? [limitOfJudgement(relevance, config.acceptance.ndcg)] : [];
  const unmet = [...faults, ...stops(limits)];
  if (unmet.length > 0) {
    if (faults.length > 0) reporter.warning(WHAT_TO_DO);
    await removeOldIndexes(lake, config.index, clock);
    return { unmet, relevance, measured, limits };
  }
  const serving = isNew && !waits ? build.info.digest : seen.build;
  if (!(await promoteIndex(lake, index, { seen: serving, settings: config.index, clock }))) {
    reporter.warning(
      `the index ${index.version} is not promoted: another run has promoted a newer one meanwhile`,
    );
    return { relevance, measured, limits };
  }
  const made = { index: index.version, relevance, measured, limits };
  if (options.skipThemes || options.only === 'index') return made;
  const { measured: steadiness = [], ...themes } = await themesOf(lake, build, prepared, effects);
  return { ...made, ...themes, measured: [...measured, ...steadiness] };
}

/** The themes of the promoted build: of another one, those of what serves stay. */
export async function deriveThemes(
  lake: Lake,
  build: Build,
  prepared: Prepared,
  effects: RunEffects,
): Promise<Derived> {
  const { build: current, index } = await readCurrent(lake);
  const indexed = index === undefined ? undefined : await readManifest(lake, index);
  if (current === build.info.digest && indexed?.passagesVersion === build.tables.passages.version)
    return themesOf(lake, build, prepared, effects);
  return {
    unmet: ['incomplete: what is published is not promoted, and has no themes; run --only index promotes it'],
  };
}

async function themesOf(
  lake: Lake,
  build: Build,
  { config, spec, taxonomy, themesProgram }: Prepared,
  { signal, clock, reporter }: RunEffects,
): Promise<Derived> {
  await using naming = openNaming(config.themes, spec, process.env);
  const {
    version: themes,
    decision: themesFit,
    names,
  } = await refreshThemes(lake, build, config.themes, {
    onFit: () => reporter.stage('themes'),
    naming,
    program: themesProgram,
    guide: taxonomy && { taxonomy, spec },
    signal,
    clock,
  });
  const unnamed = unnamedThemes(names);
  if (unnamed !== undefined) reporter.warning(unnamed);
  const manifest = themesFit.refit ? await readThemesManifest(lake, themes) : undefined;
  const themesWatched = await watchedBy(lake, config, themes, { reporter, signal });
  return { themes, themesFit, themesWatched, measured: themeResults(manifest?.lineage) };
}

/** What is published stays so whatever becomes of looking at it. */
async function watchedBy(
  lake: Lake,
  { themes: { watch }, chunk }: Config,
  version: string,
  { reporter, signal }: Pick<RunEffects, 'reporter' | 'signal'>,
): Promise<ThemesWatched | undefined> {
  // Another run may have promoted its own meanwhile, and looks at them.
  if (!watch || (await readCurrent(lake)).themes !== version) return undefined;
  signal.throwIfAborted();
  try {
    return await watchThemes(lake, watch, chunk?.zone ?? 'UTC');
  } catch (error) {
    if (!(error instanceof ThroughlineError)) throw error;
    reporter.warning(`themes.watch: ${error.message}`);
    return undefined;
  }
}
