import { openTable } from '@throughline/delta';
import { existingBuild } from '../lake/build.ts';
import { existingLake } from '../lake/lake.ts';
import type { StoreSetting } from './collections.ts';
import { readManifest } from './manifest.ts';
import { nearestByPlan } from './nearest-by-plan.ts';
import { openStore } from './open-store.ts';
import { searchFilter } from './search-filter.ts';
import { type Verification, verifyIndex } from './verify/verify-index.ts';

export interface VerifyRequest {
  lakeRoot: string;
  version: string;
  store: StoreSetting;
}

/** Measures one index version as it lies in the lake against an exact scan of its passages. */
export async function verifyCollection({
  lakeRoot,
  version,
  store: setting,
}: VerifyRequest): Promise<Verification> {
  const lake = await existingLake(lakeRoot);
  const manifest = (await readManifest(lake, version))!;
  const { tables } = await existingBuild(lake, manifest.build);
  const passages = await openTable(tables.passages.root, { version: manifest.passagesVersion });
  const { store, columns } = await openStore(lake, manifest, setting);
  try {
    const index = {
      passages: store.passages,
      mapping: manifest.mapping,
      nearest: async (
        vector: Float32Array,
        { limit, filter }: { limit: number; filter: string | undefined },
      ) => {
        const parsed = filter === undefined ? undefined : searchFilter(manifest.mapping, filter);
        return (await nearestByPlan(store, vector, { limit, filter: parsed })).candidates;
      },
    };
    return await verifyIndex(index, passages, {
      signal: new AbortController().signal,
      now: () => performance.now(),
    });
  } finally {
    await columns[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  }
}
