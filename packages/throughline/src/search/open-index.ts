import { EXIT, ThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { collectionsOf, type StoreSetting } from './collections.ts';
import { damagedIndex, fileDamage } from './damage.ts';
import { copyOfIndex } from './index-copy.ts';
import { seal } from './index-files.ts';
import { COLLECTION, type IndexManifest, indexRoot } from './manifest.ts';
import type { IndexStore } from './store.ts';

export interface OpenIndex {
  store: IndexStore;
  /** Of the version's files on this machine. */
  folder: string;
}

/** Opens a version of the index, but not its base: its files where they are, or a copy of them where they were published to a remote lake. */
export async function openIndex(
  lake: Lake,
  manifest: IndexManifest,
  setting: StoreSetting,
  without: ReadonlySet<string> = new Set(),
): Promise<OpenIndex> {
  const collections = await collectionsOf(manifest, setting);
  if (!collections) throw elsewhere(manifest.version);
  const damage = await fileDamage(lake, manifest, { asCopy: true });
  if (damage !== undefined) throw damagedIndex(manifest.version, damage);
  const { folder, sealAgain } = await filesOf(lake, manifest);
  const store = await collections.open({ manifest, folder, without });
  await sealAgain();
  const close = async () => {
    await store[Symbol.asyncDispose]();
    await sealAgain();
  };
  return { store: { ...store, [Symbol.asyncDispose]: close }, folder };
}

async function filesOf(
  lake: Lake,
  { version, content }: IndexManifest,
): Promise<{ folder: string; sealAgain: () => Promise<void> }> {
  if (!content) return { folder: lakePath(indexRoot(lake, version), COLLECTION), sealAgain: async () => {} };
  const copy = await copyOfIndex(lake, version, content);
  // What Zvec writes into its files is its own affair; where that stays unsealed, the copy is fetched once more.
  return { folder: copy, sealAgain: () => seal(copy, content.files).catch(() => {}) };
}

function elsewhere(version: string): ThroughlineError {
  return new ThroughlineError(
    `the passages of the index ${version} are in Postgres, and only the config says where`,
    {
      code: 'store_unknown',
      exitCode: EXIT.config,
      hint: 'Name the database (index.store.pgvector in the config, or openSearcher(lake, { store })), or build the index anew: throughline run',
    },
  );
}
