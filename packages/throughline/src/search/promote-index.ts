/** Which index version serves: one that is whole, verified, and that nobody has withdrawn. One pointer says so. */
import type { Config } from '../config/index.ts';
import { type Lake, promote, readCurrent } from '../lake/lake.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import { collectionsFor } from './collections.ts';
import { refuseDamaged } from './damage.ts';
import { readHistory, recordPromotion } from './index-history.ts';
import { type IndexManifest, listManifests, readManifest } from './manifest.ts';
import { faultsOf } from './verify/verify-index.ts';

/** Why the version must not serve; nothing if it may. */
export function indexFaults(
  { version, verification }: IndexManifest,
  { minRecall }: Config['index'],
): string[] {
  if (!verification) return [`the index version ${version} is not verified`];
  return faultsOf(verification, minRecall);
}

/**
 * Makes build and index the ones that readers use, in one step, and removes versions that nobody goes back to. False where
 * another run was faster: a newer index of the same build serves, or another build than `seen`, which served when this run looked.
 * Throws with exit code 65 where the version has been damaged or removed meanwhile.
 */
export async function promoteIndex(
  lake: Lake,
  manifest: IndexManifest,
  { seen, settings, clock }: { seen: string | undefined; settings: Config['index']; clock: () => number },
): Promise<boolean> {
  const { version, build, passagesVersion } = manifest;
  const current = await readCurrent(lake);
  if (current.index === version && current.build === build) return true;
  if (current.build !== seen && current.build !== build) return false;
  const serving = current.index === undefined ? undefined : await readManifest(lake, current.index);
  if (serving?.build === build && current.build === build && serving.passagesVersion > passagesVersion)
    return false;
  await refuseDamaged(lake, manifest, settings.store);
  await promote(lake, { build, index: version });
  await recordPromotion(lake, version, clock());
  await removeOldIndexes(lake, settings, clock);
  return true;
}

/** A version that has not served may be about to: for so long it stays. */
const ABOUT_TO_SERVE_MS = 60 * 60 * 1000;

/**
 * Gives the names of the versions that are gone. The version that served before the promoted one stays, also where only one is
 * kept: who looked for it a moment ago is opening it, or asks it. `atOnce`: it goes as well. `unwanted`: exactly these go, but for the promoted one and those of pinned runs.
 */
export async function removeOldIndexes(
  lake: Lake,
  { keep, store }: Pick<Config['index'], 'keep' | 'store'>,
  clock: () => number,
  { atOnce = false, unwanted }: { atOnce?: boolean; unwanted?: ReadonlySet<string> } = {},
): Promise<string[]> {
  const { sound: manifests } = await listManifests(lake);
  const byName = new Map(manifests.map((manifest) => [manifest.version, manifest]));
  const { index: promoted } = await readCurrent(lake);
  const served = (await readHistory(lake)).promoted.map(({ version }) => version);
  const now = clock();
  const versions = {
    folders: ['indexes'] as [string],
    promoted,
    keep: unwanted ? 1 : keep,
    spared: atOnce || unwanted ? undefined : served.findLast((version) => version !== promoted),
    // Measuring a version again writes its manifest anew, and makes it no newer. One whose manifest is damaged is as old as that.
    madeAt: async (version: string) => byName.get(version)?.madeAt,
    baseOf: async (version: string) => byName.get(version)?.base?.version,
    isAwaited: (version: string, writtenAt: number) =>
      unwanted ? !unwanted.has(version) : !served.includes(version) && now - writtenAt < ABOUT_TO_SERVE_MS,
  };
  const gone = await removeOldVersions(lake, versions, now);
  const isGone = ({ version }: IndexManifest) => gone.includes(version);
  // Of builds that have gone on meanwhile, the manifests are read again.
  const { sound: there, unreadable } = await listManifests(lake);
  const collections = await collectionsFor(store);
  await collections.removeUnused(
    { pipeline: lake.pipeline.id, root: lake.root },
    { there, removed: manifests.filter(isGone), isPartial: unreadable.length > 0 },
  );
  return gone;
}

/** Whether a person went back from this version to an earlier one. */
export async function isWithdrawn(lake: Lake, version: string): Promise<boolean> {
  return (await readHistory(lake)).withdrawn.includes(version);
}
