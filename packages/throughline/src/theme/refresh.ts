/** Themes follow the tables: fitted for each version of the passages, promoted when both tables are complete. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConcurrentModificationError } from '@throughline/delta';
import type { Config } from '../config/index.ts';
import type { Build } from '../lake/build.ts';
import { digestOf } from '../lake/canonical.ts';
import { replaceJson } from '../lake/json-file.ts';
import { type Lake, promoteDerived, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import { fitThemes } from './fit-themes.ts';
import { readThemesManifest, type ThemesManifest, themesManifestPath } from './manifest.ts';
import { nextTheme, previousThemes } from './previous.ts';

export interface RefreshThemesOptions {
  signal: AbortSignal;
  clock: () => number;
  /** Told when themes have to be fitted. */
  onFit?: () => void;
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
  if (!(await readThemesManifest(lake, version))) {
    options.onFit?.();
    const started = options.clock();
    const { count, sample, seed } = settings;
    const { clock, signal } = options;
    const request = {
      ...{ passages, count, sample, seed, clock, signal },
      themesRoot: lakePath(lake.root, 'themes', version),
      assignmentsRoot: lakePath(lake.root, 'assignments', version),
      modelDigest: build.info.modelDigest,
      previous: await previousThemes(lake),
      next: await nextTheme(lake),
    };
    const fitted = await fitThemes(request).catch(async (error) => {
      // Another run fits the same, and names its themes after the same ones.
      if (!(error instanceof ConcurrentModificationError)) throw error;
      await untilAnotherIsDone(lake, version, error, signal);
    });
    if (fitted) {
      const manifest: ThemesManifest = {
        ...{ version, build: build.info.digest, passagesVersion: passages.version, settings, ...fitted },
        madeAt: options.clock(),
        seconds: (options.clock() - started) / 1000,
      };
      await replaceJson(themesManifestPath(lake, version), manifest);
    }
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

/** Throws `error` where the other run does not come to an end. */
async function untilAnotherIsDone(
  lake: Lake,
  version: string,
  error: Error,
  signal: AbortSignal,
): Promise<void> {
  for (let waited = 0; waited < OTHER_RUN_MS; waited += LOOK_EVERY_MS) {
    if (await readThemesManifest(lake, version)) return;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
  throw error;
}
