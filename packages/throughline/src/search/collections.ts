/** What keeps the passages of index versions. Zvec does it in files, Postgres in tables; docs/search.md says how to add another. */
import type { Config } from '../config/index.ts';
import type { Attribute } from '../source/mapping.ts';
import type { Value } from '../source/typed.ts';
import type { IndexManifest } from './manifest.ts';
import type { PostgresPlace } from './postgres/tables.ts';
import type { IndexStore } from './store.ts';

/** `index.store` of the config. It may hold a password: it goes from process to process, and into no file. */
export type StoreSetting = Config['index']['store'];

/** A row of the passages table. */
export interface IndexedPassage {
  passage: string;
  record: string;
  chunk: string;
  ordinal: number;
  text: string;
  /** Microseconds since 1970 UTC. */
  at: bigint | null;
  /** In the order of the attributes; timestamps in microseconds. */
  attributes: readonly Value[];
  /** Only valid until the next batch. */
  vector: Float32Array;
}

export interface CollectionShape {
  dimension: number;
  attributes: readonly Attribute[];
}

export interface CollectionTarget extends CollectionShape {
  /** Folder of the version's files, which is not there yet. */
  folder: string;
  version: string;
  /** Whose it is: the lake's id, and where the lake is. */
  pipeline: string;
  root: string;
}

/** What a manifest says of where its passages are; nothing of those in its folder. */
export interface Kept {
  postgres?: PostgresPlace;
}

/** Of a version, opened for questions. */
export interface CollectionSource {
  manifest: IndexManifest;
  /** Where the version's files are on this machine. */
  folder: string;
  /** Chunks that are not there any more. */
  without: ReadonlySet<string>;
}

export interface Collections {
  /** Part of the names of versions: what is kept elsewhere, or otherwise, is another version. */
  format(): Promise<string>;
  /** Writes passages as they come. What a kill leaves serves nobody, and is removed by later runs. */
  write(target: CollectionTarget, passages: AsyncIterable<readonly IndexedPassage[]>): Promise<Kept>;
  /** Throws with exit code 65 where what is there is not what was written. */
  open(source: CollectionSource): Promise<IndexStore>;
  /** What is wrong with a version's passages, beside its files; undefined if nothing is. */
  damageOf(manifest: IndexManifest): Promise<string | undefined>;
  /** Removes what is outside of the versions' folders: of versions that were removed, and what builds have left that no version names. */
  removeUnused(lake: { pipeline: string; root: string }, versions: RemovedVersions): Promise<void>;
}

export interface RemovedVersions {
  there: readonly IndexManifest[];
  removed: readonly IndexManifest[];
  /** A version's manifest cannot be read: nobody knows what it names, and only what `removed` names goes. */
  isPartial: boolean;
}

/** Those that the config asks for: where new versions are written. */
export async function collectionsFor(setting: StoreSetting): Promise<Collections> {
  if (setting === 'zvec') return (await import('./zvec-collections.ts')).zvecCollections();
  return (await import('./postgres/collections.ts')).postgresCollections(setting);
}

/** Those that a version is in; undefined where only another config says how to reach them. */
export async function collectionsOf(
  { postgres }: Pick<IndexManifest, 'postgres'>,
  setting: StoreSetting,
): Promise<Collections | undefined> {
  if (postgres === undefined) return collectionsFor('zvec');
  return setting === 'zvec' ? undefined : collectionsFor(setting);
}
