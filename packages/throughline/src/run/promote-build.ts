import { type Build, existingBuild } from '../lake/build.ts';
import { type Lake, promote, readCurrent } from '../lake/lake.ts';

/** Makes the build the one that readers use, if it may be. */
export async function promoteBuild(lake: Lake, build: Build): Promise<void> {
  if ((await readCurrent(lake)).build === build.info.digest || !(await mayBePromoted(lake, build))) return;
  await promote(lake, { build: build.info.digest });
}

/** A sample never takes the place of the whole. */
export async function mayBePromoted(lake: Lake, build: Build): Promise<boolean> {
  const { build: current } = await readCurrent(lake);
  if (current === undefined || current === build.info.digest || build.info.sample === undefined) return true;
  return (await existingBuild(lake, current)).info.sample !== undefined;
}
