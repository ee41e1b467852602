/** The versions of the themes that are there. */
import { openStore } from '@throughline/delta/store';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { readThemesManifest } from './manifest.ts';

export interface ThemesVersion {
  version: string;
  build: string;
  /** Version of the passages table. */
  passagesVersion: number;
  themes: number;
  promoted: boolean;
  /** The version that its themes are named after. */
  previous: string | null;
}

/** Complete ones, by build and version of the passages, the newest first. */
export async function listThemesVersions(lake: Lake): Promise<ThemesVersion[]> {
  const { themes: promoted } = await readCurrent(lake);
  const names = await openStore(lake.root).list('themes');
  const manifests = await Promise.all(names.map((name) => readThemesManifest(lake, name)));
  return manifests
    .filter((manifest) => manifest !== undefined)
    .map(({ version, build, passagesVersion, themes, lineage }) => ({
      ...{ version, build, passagesVersion, themes },
      promoted: version === promoted,
      previous: lineage?.previous ?? null,
    }))
    .sort((a, b) => b.passagesVersion - a.passagesVersion || (a.version < b.version ? -1 : 1));
}
