/** Pins protect what a run has left from everything that removes versions, until somebody takes the pin away. */
import { keepVersion, releaseVersion, VersionNotFoundError } from '@throughline/delta';
import { EXIT, ThroughlineError } from '../error.ts';
import { BUILD_TABLES, existingBuild } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import { listPins, type Pin, removePin, writePin } from '../lake/pins.ts';
import { readManifest } from '../search/manifest.ts';
import { readThemesManifest } from '../theme/manifest.ts';
import type { RunEntry } from './manifest.ts';
import { resultOf } from './result-of.ts';

export interface Pinned {
  pin: Pin;
  /** What the run had made and is gone, as sentences. */
  gone: string[];
}

/**
 * Pinned twice is pinned once. Throws with exit code 66 where the run left no tables, or a version of them is gone: index and
 * themes can be made again from the tables, the tables cannot.
 */
export async function pinRun(lake: Lake, entry: RunEntry, clock: () => number): Promise<Pinned> {
  const { run } = entry;
  const { build, tables, index, themes } = resultOf(entry);
  const pin: Pin = { run, at: clock(), build, tables };
  if (index !== undefined) pin.indexes = index;
  if (themes !== undefined) pin.themes = themes;
  const before = (await listPins(lake)).find((one) => one.run === run);
  // First of all: what is removed from now on is none of these versions.
  await writePin(lake, pin);
  try {
    const { tables: snapshots } = await existingBuild(lake, build);
    for (const table of BUILD_TABLES) await keep(snapshots[table].root, tables[table], table);
  } catch (error) {
    // The first error says what is wrong.
    if (!before) await unpinRun(lake, run, pin).catch(() => {});
    throw error;
  }
  const gone: string[] = [];
  if (index !== undefined && !(await isIndexThere(lake, index))) {
    delete pin.indexes;
    gone.push(`the index ${index}`);
  }
  if (themes !== undefined && !(await readThemesManifest(lake, themes))) {
    delete pin.themes;
    gone.push(`the themes ${themes}`);
  }
  if (gone.length > 0) await writePin(lake, pin);
  return { pin, gone };
}

/** Returns whether it was pinned. */
export async function unpinRun(lake: Lake, run: string, given?: Pin): Promise<boolean> {
  const pins = await listPins(lake);
  const pin = given ?? pins.find((one) => one.run === run);
  if (!pin) return false;
  await removePin(lake, run);
  const others = pins.filter((one) => one.run !== run && one.build === pin.build);
  const build = await existingBuild(lake, pin.build);
  for (const table of BUILD_TABLES) {
    const version = pin.tables[table];
    if (!others.some(({ tables }) => tables[table] === version))
      await releaseVersion(build.tables[table].root, version);
  }
  return true;
}

async function keep(root: string, version: number, table: string): Promise<void> {
  await keepVersion(root, version).catch((error) => {
    if (!(error instanceof VersionNotFoundError)) throw error;
    throw new ThroughlineError(`version ${version} of ${table}, which the run left, is gone`, {
      code: 'version_gone',
      exitCode: EXIT.noInput,
      hint: 'Only what is still there can be pinned: pin a run before its versions are vacuumed.',
      cause: error,
    });
  });
}

/** With the version that it hangs on, where it is a tail. */
async function isIndexThere(lake: Lake, version: string): Promise<boolean> {
  const manifest = await readManifest(lake, version);
  if (!manifest) return false;
  return manifest.base === undefined || (await readManifest(lake, manifest.base.version)) !== undefined;
}
