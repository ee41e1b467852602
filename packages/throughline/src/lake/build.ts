/** A build: the tables made with one combination of settings that shape them. Builds never mix. */
import { createTable, openTable, refresh, type Snapshot } from '@throughline/delta';
import type { ChunkRule } from '../chunk/plan.ts';
import type { ModelSpec } from '../model/index.ts';
import type { Attribute, Mapping } from '../source/mapping.ts';
import { LakeDamagedError } from './errors.ts';
import { createJson, readJson } from './json-file.ts';
import type { Lake } from './lake.ts';
import { lakePath } from './lake-path.ts';
import { deadLettersSchema, passagesSchema, recordsSchema } from './schemas.ts';
import { BUILD_TABLES, type BuildTable } from './table-names.ts';

export { BUILD_TABLES, type BuildTable };

/** What shaped a build, kept beside its tables for those who read them without the config. */
export interface BuildInfo {
  /** Of the settings that shaped the build. They are not kept: variables in them may hold secrets. */
  digest: string;
  /** Opens the model again for queries, where the lake may keep how. */
  model?: ModelSpec;
  modelDigest: string;
  mapping: Mapping;
  rule: ChunkRule;
  sample?: number;
}

export interface Build {
  info: BuildInfo;
  root: string;
  tables: Record<BuildTable, Snapshot>;
}

export async function openBuild(lake: Lake, info: BuildInfo): Promise<Build> {
  const root = buildRoot(lake, info.digest);
  await createJson(lakePath(root, 'build.json'), info);
  const { attributes } = info.mapping;
  const create = (table: BuildTable) =>
    createTable(lakePath(root, table), {
      schema: tableSchema(table, attributes),
      partitionColumns: ['_chunk'],
      name: table,
    });
  const [dead_letters, records, passages] = await Promise.all(BUILD_TABLES.map(create));
  return { info, root, tables: { dead_letters: dead_letters!, records: records!, passages: passages! } };
}

/** Reads what other runs have committed since. */
export async function refreshTables(build: Build): Promise<void> {
  for (const table of BUILD_TABLES) build.tables[table] = await refresh(build.tables[table]);
}

/** The build with its tables as they are now; the given one keeps those that it has. */
export async function asOfNow(build: Build): Promise<Build> {
  const now = { ...build, tables: { ...build.tables } };
  await refreshTables(now);
  return now;
}

/** A build that is there, for reading. */
export async function existingBuild(lake: Lake, digest: string): Promise<Build> {
  const root = buildRoot(lake, digest);
  const info = await readJson<BuildInfo>(lakePath(root, 'build.json'));
  if (!info) throw new LakeDamagedError(`${lakePath(root, 'build.json')} is missing`);
  const [dead_letters, records, passages] = await Promise.all(
    BUILD_TABLES.map((table) => openTable(lakePath(root, table))),
  );
  return { info, root, tables: { dead_letters: dead_letters!, records: records!, passages: passages! } };
}

function tableSchema(table: BuildTable, attributes: readonly Attribute[]) {
  if (table === 'records') return recordsSchema(attributes);
  return table === 'passages' ? passagesSchema(attributes) : deadLettersSchema;
}

/** Where a table of a build is. */
export function buildTableRoot(lake: Lake, digest: string, table: BuildTable): string {
  return lakePath(buildRoot(lake, digest), table);
}

function buildRoot(lake: Lake, digest: string): string {
  return lakePath(lake.root, 'builds', digest);
}
