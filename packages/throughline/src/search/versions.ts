/** The index versions of a lake: which are there, and which of them serves. */
import { openStore } from '@throughline/delta/store';
import type { Config } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { readJson } from '../lake/json-file.ts';
import { type Current, type Lake, promote, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { isVersionName } from '../lake/version-name.ts';
import { damageOf } from './damage.ts';
import { readHistory, recordPromotion, recordWithdrawal } from './index-history.ts';
import { type IndexManifest, listManifests, readableManifest, readManifest } from './manifest.ts';
import { indexFaults } from './promote-index.ts';

export interface IndexVersion {
  manifest: IndexManifest;
  promoted: boolean;
  /** A person went back from it. */
  withdrawn: boolean;
  /** Why it must not serve; empty if it may. */
  faults: string[];
}

/** Newest first; and the versions whose manifest cannot be read. */
export async function listVersions(
  lake: Lake,
  settings: Config['index'],
): Promise<{ versions: IndexVersion[]; unreadable: string[] }> {
  const { index: promoted } = await readCurrent(lake);
  const { withdrawn } = await readHistory(lake);
  const versions: IndexVersion[] = [];
  const { sound, unreadable } = await listManifests(lake);
  for (const manifest of sound) {
    const { version: name } = manifest;
    const faults = await allFaults(lake, manifest, settings);
    versions.push({ manifest, promoted: name === promoted, withdrawn: withdrawn.includes(name), faults });
  }
  versions.sort(
    ({ manifest: a }, { manifest: b }) => b.madeAt - a.madeAt || (a.version < b.version ? 1 : -1),
  );
  return { versions, unreadable };
}

/** Makes a version the one that serves, and its build and that build's newest themes with it. Throws with exit code 65 or 66. */
export async function promoteVersion(
  lake: Lake,
  version: string,
  settings: Config['index'],
  clock: () => number,
): Promise<Current> {
  const manifest = await existingManifest(lake, version);
  const faults = await allFaults(lake, manifest, settings, { digests: true });
  if (faults.length > 0)
    throw new ThroughlineError(`${version} cannot serve: ${faults.join('; ')}`, {
      code: 'index_refused',
      exitCode: EXIT.badData,
      hint: `Measure it again: throughline index verify ${version}. A damaged one is only built again if it is the newest: throughline run`,
    });
  return await switchTo(lake, manifest, clock);
}

/**
 * Goes back to the version that served before the promoted one, and still may. What is left is withdrawn: runs do not promote it
 * again. Throws with exit code 66 where there is none.
 */
export async function rollBack(lake: Lake, settings: Config['index'], clock: () => number): Promise<Current> {
  const { index: left } = await readCurrent(lake);
  const { promoted, withdrawn } = await readHistory(lake);
  const names = promoted.map(({ version }) => version);
  const before = names.slice(0, Math.max(0, names.lastIndexOf(left ?? ''))).reverse();
  for (const version of new Set(before)) {
    if (version === left || withdrawn.includes(version)) continue;
    const manifest = await readableManifest(lake, version);
    if (!manifest || (await allFaults(lake, manifest, settings, { digests: true })).length > 0) continue;
    await recordWithdrawal(lake, left!);
    return await switchTo(lake, manifest, clock);
  }
  throw new ThroughlineError('there is no earlier index version that has served and still may', {
    code: 'index_missing',
    exitCode: EXIT.noInput,
    hint: 'See them: throughline index list. How many are kept is index.keep.',
  });
}

async function allFaults(
  lake: Lake,
  manifest: IndexManifest,
  settings: Config['index'],
  options: { digests?: boolean } = {},
): Promise<string[]> {
  const damage = await damageOf(lake, manifest, settings.store, options);
  return [...(damage === undefined ? [] : [damage]), ...indexFaults(manifest, settings)];
}

export async function existingManifest(lake: Lake, version: string | undefined): Promise<IndexManifest> {
  const wanted = version ?? (await readCurrent(lake)).index;
  const manifest =
    wanted !== undefined && isVersionName(wanted) ? await readManifest(lake, wanted) : undefined;
  if (manifest) return manifest;
  throw new ThroughlineError(
    version === undefined ? 'no index is promoted' : `there is no index ${version}`,
    {
      code: 'index_missing',
      exitCode: EXIT.noInput,
      hint: 'See them: throughline index list',
    },
  );
}

async function switchTo(
  lake: Lake,
  { version, build }: IndexManifest,
  clock: () => number,
): Promise<Current> {
  const current = await readCurrent(lake);
  const themes = current.build === build ? current.themes : await newestThemes(lake, build);
  await promote(lake, { build, index: version, themes });
  await recordPromotion(lake, version, clock());
  return await readCurrent(lake);
}

async function newestThemes(lake: Lake, build: string): Promise<string | undefined> {
  const store = openStore(lake.root);
  const found: { name: string; at: number }[] = [];
  for (const name of await store.list('themes')) {
    const file = `themes/${name}/manifest.json`;
    const manifest = await readJson<{ build: string }>(lakePath(lake.root, file));
    if (manifest?.build === build) found.push({ name, at: (await store.modified(file)) ?? 0 });
  }
  return found.sort((a, b) => b.at - a.at)[0]?.name;
}
