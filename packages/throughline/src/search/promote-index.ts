/** Which index version serves: one that is verified, and that nobody has withdrawn. One pointer says so. */
import type { Config } from '../config/index.ts';
import { readJson, removeJson, replaceJson } from '../lake/json-file.ts';
import { type Lake, promote, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import { type IndexManifest, indexRoot, readManifest } from './manifest.ts';
import { faultsOf } from './verify/verify-index.ts';

/** Beside the manifest of a version that a person took back. */
interface Withdrawal {
  /** Milliseconds since 1970 UTC. */
  at: number;
}

/** Why the version must not serve; nothing if it may. */
export function indexFaults(
  { version, verification }: IndexManifest,
  { minRecall }: Config['index'],
): string[] {
  if (!verification) return [`the index version ${version} is not verified`];
  return faultsOf(verification, minRecall);
}

/** Makes build and index the ones that readers use, in one step, and removes versions that nobody goes back to. */
export async function promoteIndex(
  lake: Lake,
  { version, build }: IndexManifest,
  { keep }: Config['index'],
  clock: () => number,
): Promise<void> {
  const current = await readCurrent(lake);
  if (current.index === version && current.build === build) return;
  await promote(lake, { build, index: version });
  await removeOldIndexes(lake, keep, clock);
}

/** Gives the names of the versions that are gone. */
export async function removeOldIndexes(lake: Lake, keep: number, clock: () => number): Promise<string[]> {
  const { index: promoted } = await readCurrent(lake);
  const baseOf = async (version: string) => (await readManifest(lake, version))?.base?.version;
  return await removeOldVersions(lake, { folders: ['indexes'], promoted, keep, baseOf }, clock());
}

/** Whether a person went back from this version to an earlier one. */
export async function isWithdrawn(lake: Lake, version: string): Promise<boolean> {
  return (await readJson<Withdrawal>(withdrawalOf(lake, version))) !== undefined;
}

export async function withdraw(lake: Lake, version: string, clock: () => number): Promise<void> {
  await replaceJson(withdrawalOf(lake, version), { at: clock() } satisfies Withdrawal);
}

export async function undoWithdrawal(lake: Lake, version: string): Promise<void> {
  await removeJson(withdrawalOf(lake, version));
}

function withdrawalOf(lake: Lake, version: string): string {
  return lakePath(indexRoot(lake, version), 'withdrawn.json');
}
