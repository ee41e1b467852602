/** Whether the files of an index are those that were built. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import { fileDigest } from '../file-digest.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { COLLECTION, type IndexManifest, indexRoot, readManifest } from './manifest.ts';

/** Zvec writes a few bytes into that of the vectors wherever it opens one: its size is all that stays. */
const WRITTEN_TO = /\.proxima$/;

/**
 * What is wrong with the files of a version or of its base; undefined if nothing is. `digests`: they are read, too. In a remote lake
 * nothing is looked at: copies of it are checked when they are fetched.
 */
export async function damageOf(
  lake: Lake,
  { version, files = [], base }: IndexManifest,
  { digests = false } = {},
): Promise<string | undefined> {
  const folder = lakePath(indexRoot(lake, version), COLLECTION);
  for (const { path, size, sha256 } of files) {
    const at = join(folder, path);
    const found = await stat(at).catch(() => undefined);
    if (found?.size !== size) return `${at} has ${found?.size ?? 'no'} bytes instead of ${size}`;
    if (digests && !WRITTEN_TO.test(path) && (await fileDigest(at)) !== sha256) return `${at} was changed`;
  }
  if (base === undefined) return undefined;
  const manifest = await readManifest(lake, base.version);
  return manifest ? await damageOf(lake, manifest, { digests }) : `its base ${base.version} is gone`;
}

/** Throws with exit code 65 where something is wrong. */
export async function refuseDamaged(
  lake: Lake,
  manifest: IndexManifest,
  options: { digests?: boolean } = {},
): Promise<void> {
  const damage = await damageOf(lake, manifest, options);
  if (damage === undefined) return;
  throw new ThroughlineError(`the index ${manifest.version} is damaged: ${damage}`, {
    code: 'index_damaged',
    exitCode: EXIT.badData,
    hint: 'Build it again: throughline run. Or go back to the one before: throughline index rollback',
  });
}
