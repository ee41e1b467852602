import type { Config } from '../config/index.ts';
import { existingBuild } from '../lake/build.ts';
import { type Lake, promotedBuild } from '../lake/lake.ts';
import { type RefreshedThemes, type RefreshThemesOptions, refreshThemes } from './refresh.ts';

/** Fits the themes of the promoted build anew. Throws with exit code 66 where none is promoted. */
export async function fitPromoted(
  lake: Lake,
  settings: Config['themes'],
  options: Omit<RefreshThemesOptions, 'force'>,
): Promise<RefreshedThemes> {
  const build = await existingBuild(lake, await promotedBuild(lake));
  return refreshThemes(lake, build, settings, { ...options, force: true });
}
