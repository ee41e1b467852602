import { join } from 'node:path';
import { readJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import type { ModelSpec } from '../model/index.ts';
import type { Mapping } from '../source/mapping.ts';

/** What an index version was built from. */
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
}

export function indexRoot(lake: Lake, version: string): string {
  return join(lake.root, 'indexes', version);
}

export async function readManifest(lake: Lake, version: string): Promise<IndexManifest | undefined> {
  return readJson<IndexManifest>(join(indexRoot(lake, version), 'manifest.json'));
}
