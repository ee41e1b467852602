/** Whether the files of an index are those that were built. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '@throughline/delta/store';
import { EXIT, ThroughlineError } from '../error.ts';
import { fileDigest } from '../file-digest.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { IndexFile } from './index-files.ts';
import { COLLECTION, type IndexManifest, indexRoot, readManifest } from './manifest.ts';

/** Zvec writes a few bytes into that of the vectors wherever it opens one: its size is all that stays. */
const WRITTEN_TO = /\.proxima$/;

interface LookOptions {
  /** Of local files the bytes are looked at, too. */
  digests?: boolean;
  /** What is opened is a copy on this machine, which is checked when it is fetched: whether the lake still has it does not matter. */
  asCopy?: boolean;
}

/**
 * What is wrong with the files of a version or of its base; undefined if nothing is. Of a version in a remote lake, names and sizes
 * are compared, with one listing: bytes are when a copy is fetched.
 */
export async function damageOf(
  lake: Lake,
  { version, files = [], content, base }: IndexManifest,
  options: LookOptions = {},
): Promise<string | undefined> {
  const root = indexRoot(lake, version);
  const own = content
    ? options.asCopy
      ? undefined
      : await damageOfPublished(lakePath(root, content.folder), content.files)
    : await damageOfFolder(lakePath(root, COLLECTION), files, options);
  if (own !== undefined || base === undefined) return own;
  const manifest = await readManifest(lake, base.version);
  return manifest ? await damageOf(lake, manifest, options) : `its base ${base.version} is gone`;
}

async function damageOfFolder(
  folder: string,
  files: readonly IndexFile[],
  { digests = false }: LookOptions,
): Promise<string | undefined> {
  for (const { path, size, sha256 } of files) {
    const at = join(folder, path);
    const found = await stat(at).catch(() => undefined);
    if (found?.size !== size) return wrongSize(at, found?.size, size);
    if (digests && !WRITTEN_TO.test(path) && (await fileDigest(at)) !== sha256) return `${at} was changed`;
  }
  return undefined;
}

async function damageOfPublished(root: string, files: readonly IndexFile[]): Promise<string | undefined> {
  const sizes = new Map<string, number>();
  for await (const { path, size } of openStore(root).walk('')) sizes.set(path, size);
  const wrong = files.find(({ path, size }) => sizes.get(path) !== size);
  return wrong && wrongSize(`${root}/${wrong.path}`, sizes.get(wrong.path), wrong.size);
}

function wrongSize(at: string, found: number | undefined, expected: number): string {
  return `${at} has ${found ?? 'no'} bytes instead of ${expected}`;
}

/** Throws with exit code 65 where something is wrong. */
export async function refuseDamaged(
  lake: Lake,
  manifest: IndexManifest,
  options: LookOptions = {},
): Promise<void> {
  const damage = await damageOf(lake, manifest, options);
  if (damage === undefined) return;
  throw new ThroughlineError(`the index ${manifest.version} is damaged: ${damage}`, {
    code: 'index_damaged',
    exitCode: EXIT.badData,
    hint: 'Build it again: throughline run. Or go back to the one before: throughline index rollback',
  });
}
