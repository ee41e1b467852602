import { digestOf } from '../lake/canonical.ts';
import type { Lake } from '../lake/lake.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import { listThemesManifests, type ThemesManifest } from './manifest.ts';

const KEPT = 3;

/**
 * Removes versions that nobody goes back to. The last three stay, of those that differ in nothing but edits only the newest; also the
 * one that served until now: who looked for it a moment ago reads it. `now` in milliseconds since 1970 UTC.
 */
export async function removeOldThemes(
  lake: Lake,
  { promoted, served }: { promoted: string; served: string | undefined },
  now: number,
): Promise<void> {
  const stays = newestOfEach(await listThemesManifests(lake)).slice(0, KEPT);
  const names = new Set(stays.map(({ version }) => version));
  await removeOldVersions(
    lake,
    {
      folders: ['themes', 'assignments', 'record_themes'],
      ...{ promoted, keep: 1, spared: served },
      isAwaited: (version) => names.has(version),
    },
    now,
  );
}

/** Of `manifests`, the newest first. */
function newestOfEach(manifests: readonly ThemesManifest[]): ThemesManifest[] {
  const seen = new Set<string>();
  return manifests.filter(({ build, passagesVersion, fit, topics = '', settings, version }) => {
    const names = digestOf({ label: settings.label });
    const key =
      fit === undefined
        ? version
        : `${build} ${passagesVersion} ${fit} ${topics} ${settings.minScore} ${names}`;
    return !seen.has(key) && seen.add(key);
  });
}
