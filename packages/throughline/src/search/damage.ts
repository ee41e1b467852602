/** Whether an index is what was built. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '@throughline/delta/store';
import { EXIT, ThroughlineError } from '../error.ts';
import { fileDigest } from '../file-digest.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { collectionsOf, type StoreSetting } from './collections.ts';
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
 * What is wrong with a version or with its base; undefined if nothing is. Of a version in a remote lake, names and sizes are compared,
 * with one listing: bytes are when a copy is fetched.
 */
export async function damageOf(
  lake: Lake,
  manifest: IndexManifest,
  setting: StoreSetting,
  options: LookOptions = {},
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
  { version, files = [], content }: IndexManifest,
  options: LookOptions = {},
): Promise<string | undefined> {
  const root = indexRoot(lake, version);
  if (!content) return await damageOfFolder(lakePath(root, COLLECTION), files, options);
  return options.asCopy ? undefined : await damageOfPublished(lakePath(root, content.folder), content.files);
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
  setting: StoreSetting,
  options: LookOptions = {},
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
