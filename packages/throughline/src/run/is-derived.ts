import { VersionNotFoundError } from '@throughline/delta';
import type { Build } from '../lake/build.ts';
import { changedChunks } from '../lake/changed-chunks.ts';
import { LakeDamagedError } from '../lake/errors.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { readableManifest } from '../search/index.ts';
import { readThemesManifest } from '../theme/manifest.ts';

/** Of what something derived was made. */
interface MadeOf {
  build: string;
  passagesVersion: number;
}

/** Whether what is promoted, the index and, where they are wanted, the themes, is of the passages as they are. What is damaged is not. */
export async function isDerived(
  lake: Lake,
  build: Build,
  { skipThemes = false }: { skipThemes?: boolean | undefined } = {},
): Promise<boolean> {
  const { index, themes } = await readCurrent(lake);
  const indexed = index === undefined ? undefined : await readableManifest(lake, index);
  if (!(await isOfThese(indexed, build))) return false;
  if (skipThemes) return true;
  const themed =
    themes === undefined ? undefined : await readThemesManifest(lake, themes).catch(unlessDamaged);
  return await isOfThese(themed, build);
}

/** Of no passages nothing has to be made. Files that were only joined, and commits of no rows, change none. */
async function isOfThese(made: MadeOf | undefined, { info, tables: { passages } }: Build): Promise<boolean> {
  if (made?.build !== info.digest) return (await passages.files()).length === 0;
  if (made.passagesVersion >= passages.version) return true;
  return await changedChunks(passages, made.passagesVersion).then(
    (changed) => changed.size === 0,
    (error) => {
      if (error instanceof VersionNotFoundError) return false;
      throw error;
    },
  );
}

function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof LakeDamagedError)) throw error;
}
