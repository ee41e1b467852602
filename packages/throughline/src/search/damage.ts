/** Whether an index is what was built. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import { fileDigest } from '../file-digest.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { collectionsOf, type StoreSetting } from './collections.ts';
import { COLLECTION, type IndexManifest, indexRoot, readManifest } from './manifest.ts';

/** Zvec writes a few bytes into that of the vectors wherever it opens one: its size is all that stays. */
const WRITTEN_TO = /\.proxima$/;

/**
 * What is wrong with a version or with its base; undefined if nothing is. `digests`: files are read, too. Of a remote lake no files
 * are looked at: copies of them are checked when they are fetched.
 */
export async function damageOf(
  lake: Lake,
  manifest: IndexManifest,
  setting: StoreSetting,
  options: { digests?: boolean } = {},
): Promise<string | undefined> {
  const collections = await collectionsOf(manifest, setting);
  if (!collections) return ELSEWHERE;
  const own = (await fileDamage(lake, manifest, options)) ?? (await collections.damageOf(manifest));
  const { base } = manifest;
  if (own !== undefined || base === undefined) return own;
  const below = await readManifest(lake, base.version);
  return below ? await damageOf(lake, below, setting, options) : `its base ${base.version} is gone`;
}

/** Its passages are where only another config leads. */
const ELSEWHERE = 'its passages are in Postgres, and index.store names no database';

/** Of the version alone. */
export async function fileDamage(
  lake: Lake,
  { version, files = [] }: IndexManifest,
  { digests = false }: { digests?: boolean } = {},
): Promise<string | undefined> {
  const folder = lakePath(indexRoot(lake, version), COLLECTION);
  for (const { path, size, sha256 } of files) {
    const at = join(folder, path);
    const found = await stat(at).catch(() => undefined);
    if (found?.size !== size) return `${at} has ${found?.size ?? 'no'} bytes instead of ${size}`;
    if (digests && !WRITTEN_TO.test(path) && (await fileDigest(at)) !== sha256) return `${at} was changed`;
  }
  return undefined;
}

/** Throws with exit code 65 where something is wrong. */
export async function refuseDamaged(
  lake: Lake,
  manifest: IndexManifest,
  setting: StoreSetting,
  options: { digests?: boolean } = {},
): Promise<void> {
  const damage = await damageOf(lake, manifest, setting, options);
  if (damage !== undefined) throw damagedIndex(manifest.version, damage);
}

export function damagedIndex(version: string, damage: string): ThroughlineError {
  return new ThroughlineError(`the index ${version} is damaged: ${damage}`, {
    code: 'index_damaged',
    exitCode: EXIT.badData,
    hint: 'Build it again: throughline run. Or go back to the one before: throughline index rollback',
  });
}
