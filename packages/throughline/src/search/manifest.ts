import { readJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { ModelSpec } from '../model/index.ts';
import type { Mapping } from '../source/mapping.ts';
import type { IndexFile } from './index-files.ts';

/** What an index version was built from, and the files that it is. */
export interface IndexManifest {
  version: string;
  build: string;
  /** Version of the passages table. */
  passagesVersion: number;
  passages: number;
  dimension: number;
  modelDigest: string;
  model: ModelSpec;
  mapping: Mapping;
  /** Milliseconds that building took. */
  ms: number;
  /** Folder of the collection below the version's: two runs that build one version must not mix their files. */
  folder: string;
  files: IndexFile[];
}

export function indexRoot(lake: Lake, version: string): string {
  return lakePath(lake.root, 'indexes', version);
}

export async function readManifest(lake: Lake, version: string): Promise<IndexManifest | undefined> {
  return readJson<IndexManifest>(lakePath(indexRoot(lake, version), 'manifest.json'));
}
