/** The index versions of a lake: which are there, and which of them serves. */
import { openStore } from '@throughline/delta/store';
import type { Config } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { readJson } from '../lake/json-file.ts';
import { type Current, type Lake, promote, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { damageOf } from './damage.ts';
import { type IndexManifest, readManifest } from './manifest.ts';
import { indexFaults, isWithdrawn, undoWithdrawal, withdraw } from './promote-index.ts';

export interface IndexVersion {
  manifest: IndexManifest;
  promoted: boolean;
  /** A person went back from it. */
  withdrawn: boolean;
  /** Why it must not serve; empty if it may. */
  faults: string[];
  /** When it was made or verified last: milliseconds since 1970 UTC. */
  at: number;
}

/** Newest first. */
export async function listVersions(lake: Lake, settings: Config['index']): Promise<IndexVersion[]> {
  const store = openStore(lake.root);
  const { index: promoted } = await readCurrent(lake);
  const versions: IndexVersion[] = [];
  for (const name of (await store.list('indexes')).filter((name) => !name.startsWith('.'))) {
    const manifest = await readManifest(lake, name);
    if (!manifest) continue;
    const at = (await store.modified(`indexes/${name}/manifest.json`)) ?? 0;
    const damage = await damageOf(lake, manifest);
    const faults = [...(damage === undefined ? [] : [damage]), ...indexFaults(manifest, settings)];
    const withdrawn = await isWithdrawn(lake, name);
    versions.push({ manifest, promoted: name === promoted, withdrawn, faults, at });
  }
  return versions.sort((a, b) => b.at - a.at || (a.manifest.version < b.manifest.version ? 1 : -1));
}

/** Makes a version the one that serves, and its build and that build's newest themes with it. Throws with exit code 65 or 66. */
export async function promoteVersion(
  lake: Lake,
  version: string,
  settings: Config['index'],
): Promise<Current> {
  const manifest = await existingManifest(lake, version);
  const damage = await damageOf(lake, manifest, { digests: true });
  const faults = [...(damage === undefined ? [] : [damage]), ...indexFaults(manifest, settings)];
  if (faults.length > 0)
    throw new ThroughlineError(`${version} cannot serve: ${faults.join('; ')}`, {
      code: 'index_refused',
      exitCode: EXIT.badData,
      hint: `Measure it again: throughline index verify ${version}`,
    });
  await undoWithdrawal(lake, version);
  return await switchTo(lake, manifest);
}

/**
 * Goes back to the newest version made before the promoted one that may serve. What is left is withdrawn: the next run does
 * not promote it again. Throws with exit code 66 where there is none.
 */
export async function rollBack(lake: Lake, settings: Config['index'], clock: () => number): Promise<Current> {
  const versions = await listVersions(lake, settings);
  const now = versions.findIndex(({ promoted }) => promoted);
  const before = versions.slice(now + 1).find(({ withdrawn, faults }) => !withdrawn && faults.length === 0);
  if (now < 0 || before === undefined)
    throw new ThroughlineError('there is no earlier index version that may serve', {
      code: 'index_missing',
      exitCode: EXIT.noInput,
      hint: 'See them: throughline index list. How many are kept is index.keep.',
    });
  await withdraw(lake, versions[now]!.manifest.version, clock);
  return await switchTo(lake, before.manifest);
}

export async function existingManifest(lake: Lake, version: string | undefined): Promise<IndexManifest> {
  const wanted = version ?? (await readCurrent(lake)).index;
  const isName = wanted !== undefined && /^\w[\w.-]*$/.test(wanted);
  const manifest = isName ? await readManifest(lake, wanted) : undefined;
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

async function switchTo(lake: Lake, { version, build }: IndexManifest): Promise<Current> {
  const current = await readCurrent(lake);
  const themes = current.build === build ? current.themes : await newestThemes(lake, build);
  await promote(lake, { build, index: version, themes });
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
