/** The versions of the themes that are there. */
import { type Lake, readCurrent } from '../lake/lake.ts';
import { listThemesManifests } from './manifest.ts';
import type { FitDecision } from './refit-policy.ts';

export interface ThemesVersion {
  version: string;
  build: string;
  /** Version of the passages table. */
  passagesVersion: number;
  themes: number;
  promoted: boolean;
  /** The version that its themes are named after. */
  previous: string | null;
  /** Whether themes were fitted for it, and why; null of versions that had a fit each. */
  decision: FitDecision | null;
  /** Milliseconds since 1970 UTC. */
  madeAt: number | null;
}

/** Complete ones, the newest first. */
export async function listThemesVersions(lake: Lake): Promise<ThemesVersion[]> {
  const { themes: promoted } = await readCurrent(lake);
  const manifests = await listThemesManifests(lake);
  return manifests.map(
    ({ version, build, passagesVersion, themes, lineage, previous, decision, madeAt }) => ({
      ...{ version, build, passagesVersion, themes },
      promoted: version === promoted,
      previous: previous ?? lineage?.previous ?? null,
      decision: decision ?? null,
      madeAt: madeAt ?? null,
    }),
  );
}
