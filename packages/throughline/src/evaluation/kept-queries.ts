/** What an index version answered to judged queries, kept beside it: the promoted version is not asked again each run. */
import { digestOf } from '../lake/canonical.ts';
import { readJson, replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { SearchMode } from '../search/index.ts';
import { indexRoot } from '../search/manifest.ts';
import type { MeasuredQuery } from './ask-queries.ts';

export interface KeptFor {
  index: string;
  /** Digest of the judgements. */
  judgements: string;
  mode: SearchMode;
  /** Of the product: another one may search in another way. */
  product: string;
}

/** Goes with the version when that is removed. */
export async function readKept(lake: Lake, key: KeptFor): Promise<MeasuredQuery[] | undefined> {
  return (await readJson<KeptFor & { queries: MeasuredQuery[] }>(fileOf(lake, key)))?.queries;
}

export async function keep(lake: Lake, key: KeptFor, queries: readonly MeasuredQuery[]): Promise<void> {
  await replaceJson(fileOf(lake, key), { ...key, queries });
}

function fileOf(lake: Lake, key: KeptFor): string {
  return lakePath(indexRoot(lake, key.index), 'evaluations', `${digestOf(key)}.json`);
}
