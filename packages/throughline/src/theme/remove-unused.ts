/** What versions of the themes share, and none of them is of any more. */
import type { Lake } from '../lake/lake.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import { listThemesManifests } from './manifest.ts';

const ABOUT_TO_BE_USED_MS = 60 * 60 * 1000;

/** Removes fits and topics that no version of the themes names, but those of the last hour: a version may be in the making. */
export async function removeUnused(lake: Lake, now: number): Promise<void> {
  const manifests = await listThemesManifests(lake);
  const remove = (folders: [string, ...string[]], used: ReadonlySet<string | undefined>) => {
    const isAwaited = (name: string, writtenAt: number) =>
      used.has(name) || now - writtenAt < ABOUT_TO_BE_USED_MS;
    return removeOldVersions(lake, { folders, promoted: undefined, keep: 1, isAwaited }, now);
  };
  await remove(['fits'], new Set(manifests.map(({ fit }) => fit)));
  await remove(['topics', 'topic_assignments'], new Set(manifests.map(({ topics }) => topics)));
}
