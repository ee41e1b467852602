/**
 * Runs whose versions stay: one small file for each, made and removed whole. Two people who pin at once meet nowhere, and
 * whoever removes versions reads names alone; a table would keep what was pinned once, and has to be read for what still is.
 */
import { openStore } from '@throughline/delta/store';
import type { BuildTable } from './build.ts';
import { readJson, removeJson, replaceJson } from './json-file.ts';
import type { Lake } from './lake.ts';
import { lakePath } from './lake-path.ts';

export interface Pin {
  run: string;
  /** Milliseconds since 1970 UTC. */
  at: number;
  build: string;
  /** Versions of the build's tables. */
  tables: Record<BuildTable, number>;
  /** Names of versions of what is derived; absent where the run has made none, or they were gone already. */
  indexes?: string;
  themes?: string;
}

/** Folders of versions that a pin can name. */
type Derived = 'indexes' | 'themes';

export async function listPins(lake: Lake): Promise<Pin[]> {
  const names = await openStore(lake.root).list('pins');
  const pins = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readJson<Pin>(pinPath(lake, name))),
  );
  return pins.filter((pin) => pin !== undefined);
}

export function writePin(lake: Lake, pin: Pin): Promise<void> {
  return replaceJson(pinPath(lake, `${pin.run}.json`), pin);
}

export function removePin(lake: Lake, run: string): Promise<void> {
  return removeJson(pinPath(lake, `${run}.json`));
}

/** The versions in a folder that some pin names; none for folders of what only other versions name. */
export async function pinnedVersions(lake: Lake, folder: string): Promise<Set<string>> {
  if (folder !== 'indexes' && folder !== 'themes') return new Set();
  const pins = await listPins(lake);
  return new Set(pins.flatMap((pin) => pin[folder satisfies Derived] ?? []));
}

function pinPath({ root }: Lake, name: string): string {
  return lakePath(root, 'pins', name);
}
