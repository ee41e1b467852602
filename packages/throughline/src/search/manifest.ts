import { openStore } from '@throughline/delta/store';
import { LakeDamagedError } from '../lake/errors.ts';
import { readJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { isRemote, lakePath } from '../lake/lake-path.ts';
import { isVersionName } from '../lake/version-name.ts';
import type { ModelSpec } from '../model/index.ts';
import type { Mapping } from '../source/mapping.ts';
import type { IndexFile } from './index-files.ts';
import type { PostgresPlace } from './postgres/tables.ts';
import type { Verification } from './verify/verify-index.ts';

/** Of indexes with tables beside the collection, and vectors as bytes beside the whole ones. Part of the version's name. */
export const FORMAT = 3;

/** What an index version was built from. */
export interface IndexManifest {
  version: string;
  /** What is in its files: an index of another format is built anew. */
  format: number;
  build: string;
  /** Version of the passages table. */
  passagesVersion: number;
  /** Version of the records table that belongs to it; absent of a time at which it was not kept. */
  recordsVersion?: number;
  passages: number;
  dimension: number;
  modelDigest: string;
  /** Absent for models that only the config can open. */
  model?: ModelSpec;
  mapping: Mapping;
  /** Milliseconds since 1970 UTC. */
  madeAt: number;
  /** Milliseconds that building took. */
  ms: number;
  /** Absent until it was verified. */
  verification?: Verification;
  /** Of an index that holds only the chunks that have changed since another version, which holds the rest. */
  base?: IndexBase;
  /** Of an index whose passages are in Postgres: beside the manifest are the other tables alone. */
  postgres?: PostgresPlace;
  /** Of an index that is used where it is. */
  files?: IndexFile[];
  /** Of an index that was published to a remote lake. Without it the collection is beside the manifest, and used there. */
  content?: IndexContent;
}

export interface IndexBase {
  /** It has no base itself. */
  version: string;
  /** Chunks of it that have changed since: what it holds of them is not there any more. */
  without: string[];
  /** Passages of these chunks. */
  gone: number;
}

/** Folder of the collection, beside its manifest. */
export const COLLECTION = 'collection';

export interface IndexContent {
  /** Below the version's: two runs that build one version must not mix their files. */
  folder: string;
  files: IndexFile[];
}

export function indexRoot(lake: Lake, version: string): string {
  return lakePath(lake.root, 'indexes', version);
}

/** Undefined also for an index that was used where it was, in a folder that was copied to S3: nobody could check it. */
export async function readManifest(lake: Lake, version: string): Promise<IndexManifest | undefined> {
  const manifest = await readJson<IndexManifest>(manifestPath(lake, version));
  return isRemote(lake.root) && !manifest?.content ? undefined : manifest;
}

export interface Manifests {
  sound: IndexManifest[];
  /** Versions whose manifest is there and is none: nobody can use them, or say what they hold. */
  unreadable: string[];
}

/** Of all versions that have one, in no order. */
export async function listManifests(lake: Lake): Promise<Manifests> {
  const names = await versionFolders(lake);
  const read = await Promise.all(names.map((name) => readManifest(lake, name).catch(unlessDamaged)));
  return {
    sound: read.filter((manifest) => manifest !== undefined && manifest !== DAMAGED) as IndexManifest[],
    unreadable: names.filter((_, i) => read[i] === DAMAGED).sort(),
  };
}

/** Undefined also for one that is damaged. */
export async function readableManifest(lake: Lake, version: string): Promise<IndexManifest | undefined> {
  const manifest = await readManifest(lake, version).catch(unlessDamaged);
  return manifest === DAMAGED ? undefined : manifest;
}

const DAMAGED = Symbol('damaged');

function unlessDamaged(error: unknown): typeof DAMAGED {
  if (error instanceof LakeDamagedError) return DAMAGED;
  throw error;
}

async function versionFolders(lake: Lake): Promise<string[]> {
  const names = await openStore(lake.root).list('indexes');
  // With a dot begins what a process builds before it gets its name.
  return names.filter((name) => !name.startsWith('.'));
}

/** Whether there is a version of that name. */
export async function hasIndex(lake: Lake, name: string): Promise<boolean> {
  return isVersionName(name) && (await readManifest(lake, name)) !== undefined;
}

export function manifestPath(lake: Lake, version: string): string {
  return lakePath(indexRoot(lake, version), 'manifest.json');
}
