/** Themes follow the tables: fitted for each version of the passages, promoted when both tables are complete. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConcurrentModificationError } from '@throughline/delta';
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
    const request = { passages, themesRoot, assignmentsRoot, count, sample, seed, clock, signal };
    const themes = await fitThemes(request).catch(async (error) => {
      // Another run fits the same: the same passages and settings give the same themes.
      if (!(error instanceof ConcurrentModificationError)) throw error;
      return themesOfAnother(manifestFile, error, signal);
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

/** What the other run writes when it is done is soon there: it was ahead of this one. */
const OTHER_RUN_MS = 60_000;
const LOOK_EVERY_MS = 250;

/** How many themes another run has found. Throws `error` where it does not come to an end. */
async function themesOfAnother(manifestFile: string, error: Error, signal: AbortSignal): Promise<number> {
  for (let waited = 0; waited < OTHER_RUN_MS; waited += LOOK_EVERY_MS) {
    const manifest = await readJson<ThemesManifest>(manifestFile);
    if (manifest) return manifest.themes;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
  throw error;
}
