/** Themes follow the tables: fitted for each version of the passages, promoted when both tables are complete. */
import type { Config } from '../config/index.ts';
import type { Build } from '../lake/build.ts';
import { digestOf } from '../lake/canonical.ts';
import { readJson, replaceJson } from '../lake/json-file.ts';
import { type Lake, promoteDerived, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import { fitThemes } from './fit-themes.ts';

export interface RefreshThemesOptions {
  signal: AbortSignal;
  clock: () => number;
  /** Told when themes have to be fitted. */
  onFit?: () => void;
}

/** What a version of the themes was made from. */
export interface ThemesManifest {
  version: string;
  build: string;
  passagesVersion: number;
  settings: Config['themes'];
  themes: number;
  seconds: number;
}

/** Fits and promotes the themes of the build's passages unless they are there; returns their version. */
export async function refreshThemes(
  lake: Lake,
  build: Build,
  settings: Config['themes'],
  options: RefreshThemesOptions,
): Promise<string> {
  const { passages } = build.tables;
  const version = `${build.info.digest}-v${passages.version}-${digestOf(settings).slice(0, 8)}`;
  const themesRoot = lakePath(lake.root, 'themes', version);
  const manifestFile = lakePath(themesRoot, 'manifest.json');
  if (!(await readJson(manifestFile))) {
    options.onFit?.();
    const started = options.clock();
    const { count, sample, seed } = settings;
    const { clock, signal } = options;
    const assignmentsRoot = lakePath(lake.root, 'assignments', version);
    const themes = await fitThemes({
      passages,
      themesRoot,
      assignmentsRoot,
      count,
      sample,
      seed,
      clock,
      signal,
    });
    const manifest: ThemesManifest = {
      version,
      build: build.info.digest,
      passagesVersion: passages.version,
      settings,
      themes,
      seconds: (options.clock() - started) / 1000,
    };
    await replaceJson(manifestFile, manifest);
  }
  if ((await readCurrent(lake)).themes !== version) {
    await promoteDerived(lake, build.info.digest, { themes: version });
    const { themes: promoted } = await readCurrent(lake);
    await removeOldVersions(lake, { folders: ['themes', 'assignments'], promoted }, options.clock());
  }
  return version;
}
