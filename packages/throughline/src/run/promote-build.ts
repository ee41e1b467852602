import { type Build, existingBuild } from '../lake/build.ts';
import { type Lake, promote, readCurrent } from '../lake/lake.ts';

/** Makes the build the one that readers use, where it may be. */
export async function promoteBuild(lake: Lake, build: Build): Promise<void> {
  const { build: current } = await readCurrent(lake);
  if (current === build.info.digest || !(await mayPromote(lake, build))) return;
  await promote(lake, { build: build.info.digest });
}

/** A sample never takes the place of the whole. */
export async function mayPromote(lake: Lake, build: Build): Promise<boolean> {
  if (build.info.sample === undefined) return true;
  const { build: current } = await readCurrent(lake);
  return current === undefined || (await existingBuild(lake, current)).info.sample !== undefined;
}
