import { readJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { isRemote, lakePath } from '../lake/lake-path.ts';
import type { ModelSpec } from '../model/index.ts';
import type { Mapping } from '../source/mapping.ts';
import type { IndexFile } from './index-files.ts';

/** What an index version was built from. */
export interface IndexManifest {
  version: string;
  build: string;
  /** Version of the passages table. */
  passagesVersion: number;
  passages: number;
  dimension: number;
  modelDigest: string;
  /** Absent for models that only the config can open. */
  model?: ModelSpec;
  mapping: Mapping;
  /** Milliseconds that building took. */
  ms: number;
  /** Of an index that was published to a remote lake. Without it the collection is beside the manifest, and used there. */
  content?: IndexContent;
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

/** Whether there is a version of that name. */
export async function hasIndex(lake: Lake, name: string): Promise<boolean> {
  // Names of versions are plain: anything else is a path.
  return /^\w[\w.-]*$/.test(name) && (await readManifest(lake, name)) !== undefined;
}

export function manifestPath(lake: Lake, version: string): string {
  return lakePath(indexRoot(lake, version), 'manifest.json');
}
