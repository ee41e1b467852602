/** The profile of a run, where it is asked for: as data and as a page, beside the tables. */
import { openStore } from '@throughline/delta/store';
import type { Config } from '../config/index.ts';
import type { Build } from '../lake/build.ts';
import { replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';

/** Whether the config or the environment asks for one. */
export function isProfiled({ profile }: Pick<Config, 'profile'>, env: NodeJS.ProcessEnv): boolean {
  return profile || env.THROUGHLINE_PROFILE === '1';
}

/** Gives the place of the page. */
export async function writeProfile(
  lake: Lake,
  build: Build,
  { runId, started }: { runId: string; started: number },
): Promise<string> {
  const { profileBuild, profileHtml } = await import('../profile/index.ts');
  const profile = await profileBuild(build);
  await replaceJson(lakePath(lake.root, 'profiles', `${runId}.json`), profile);
  const of = { pipeline: lake.pipeline.name, run: runId, at: new Date(started).toISOString() };
  await openStore(lakePath(lake.root, 'profiles')).replace(`${runId}.html`, profileHtml(profile, of));
  return lakePath(lake.root, 'profiles', `${runId}.html`);
}
