import { openStore } from '@throughline/delta/store';
import type { Config } from '../config/index.ts';
import { readJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { Frozen } from './frozen.ts';
import type { Lineage } from './identity.ts';
import type { LabelReport } from './label/label-themes.ts';
import type { FitDecision } from './refit-policy.ts';

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
  /** Of a time at which numbers were not claimed: the next theme's. Absent of a time at which themes had no identity. */
  next?: number;
  /** How the themes are those of the version before; of versions that a fit was made for. */
  lineage?: Lineage;
  /** The version that was promoted when this one was made. */
  previous?: string;
  /** Name of the fit; absent of a time at which each version had its own. */
  fit?: string;
  /** Whether a fit was made for it, and why. */
  decision?: FitDecision;
  /** What became of the names, where the settings ask a language model for some. */
  names?: LabelReport;
  /** The version of the topics that stand beside them, where a taxonomy is given. */
  topics?: string;
  /** Entries of the log of edits that were read. */
  edits?: number;
  /** Edits that change themes of passages, and pinned themes that the fit has not found. */
  replayed?: { steps: number[]; dissolved: string[] };
  /** What the fit has left as it was, where the settings ask for it. */
  frozen?: Frozen;
  /** Passages that were not there at the fit, and those of them that are far from their theme. */
  sinceFit?: { passages: number; far: number };
}

export function themesManifestPath(lake: Lake, version: string): string {
  return lakePath(lake.root, 'themes', version, 'manifest.json');
}

export function readThemesManifest(lake: Lake, version: string): Promise<ThemesManifest | undefined> {
  return readJson<ThemesManifest>(themesManifestPath(lake, version));
}

/** Of all complete versions, the newest first. */
export async function listThemesManifests(lake: Lake): Promise<ThemesManifest[]> {
  const names = await openStore(lake.root).list('themes');
  const manifests = await Promise.all(names.map((name) => readThemesManifest(lake, name)));
  return manifests
    .filter((manifest) => manifest !== undefined)
    .sort((a, b) => (b.madeAt ?? 0) - (a.madeAt ?? 0) || (a.version < b.version ? -1 : 1));
}
