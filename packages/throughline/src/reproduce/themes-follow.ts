import type { Lake } from '../lake/lake.ts';
import type { TrackedResult } from '../run/index.ts';
import { readThemesManifest } from '../theme/manifest.ts';

/**
 * Why themes that are fitted anew on the same passages cannot be those of the run: they were not made of these passages alone.
 * Undefined where they were.
 */
export async function whyThemesDiffer(
  lake: Lake,
  { themes, tables, vanished }: TrackedResult,
): Promise<string | undefined> {
  const manifest = await readThemesManifest(lake, themes!);
  if (!manifest) return `the version ${themes} is gone; a pin would have kept it`;
  if (vanished.length > 0) return 'they are also of chunks that the source did not have any more';
  if (manifest.decision?.refit !== true || manifest.passagesVersion !== tables.passages)
    return 'the run kept the fit of an earlier one, which was made of other passages';
  const { steps = [], dissolved = [] } = manifest.replayed ?? {};
  if (steps.length + dissolved.length > 0) return 'people have edited them';
  return undefined;
}
