import { openStore } from '@throughline/delta/store';
import type { SoftVote } from '@throughline/themes';
import type { Config } from '../config/index.ts';
import { readJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { Lineage } from './identity.ts';

/** What a version of the themes was made from. */
export interface ThemesManifest {
  version: string;
  build: string;
  passagesVersion: number;
  settings: Config['themes'];
  themes: number;
  /** Milliseconds since 1970 UTC. */
  madeAt?: number;
  seconds: number;
  /** Number of the next theme that is born; absent of a time at which themes had no identity. */
  next?: number;
  /** How the exemplars in the table of themes vote; absent where passages were assigned by all of the sample. */
  vote?: SoftVote;
  /** How the themes are those of the version before; absent of the first. */
  lineage?: Lineage;
}

export function themesManifestPath(lake: Lake, version: string): string {
  return lakePath(lake.root, 'themes', version, 'manifest.json');
}

export function readThemesManifest(lake: Lake, version: string): Promise<ThemesManifest | undefined> {
  return readJson<ThemesManifest>(themesManifestPath(lake, version));
}

/** Of all complete versions, in no order. */
export async function listThemesManifests(lake: Lake): Promise<ThemesManifest[]> {
  const names = await openStore(lake.root).list('themes');
  const manifests = await Promise.all(names.map((name) => readThemesManifest(lake, name)));
  return manifests.filter((manifest) => manifest !== undefined);
}
