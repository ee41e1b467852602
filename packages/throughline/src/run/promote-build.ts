import { type Build, existingBuild } from '../lake/build.ts';
import { type Lake, promote, readCurrent } from '../lake/lake.ts';

/** Makes the build the one that readers use; a sample never takes the place of the whole. */
export async function promoteBuild(lake: Lake, build: Build): Promise<void> {
  const current = (await readCurrent(lake)).build;
  if (current === build.info.digest) return;
  const isWhole = current !== undefined && (await existingBuild(lake, current)).info.sample === undefined;
  if (build.info.sample !== undefined && isWhole) return;
  await promote(lake, { build: build.info.digest });
}
