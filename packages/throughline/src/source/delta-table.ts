/** A Delta table as a source: one version of it, whatever else is committed meanwhile. */
import {
  DeltaError,
  openTable,
  quoteIdentifier,
  type Relation,
  relation,
  type Snapshot,
} from '@throughline/delta';
import type { SourceConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { lakeRootOf } from '../lake/lake-path.ts';
import type { SourceFiles } from './files.ts';
import { requiredColumns } from './mapping.ts';
import { requireColumns } from './relation.ts';
import { columnsOfFiles, type SourceColumn, typeOfSpark } from './source-columns.ts';

/** Throws with exit code 66 where there is no table, or no such version. */
export async function openDeltaSource(source: SourceConfig, directory: string): Promise<Snapshot> {
  const [path] = [source.path!].flat();
  const root = lakeRootOf(directory, path!);
  const { version } = source;
  return await openTable(root, version === undefined ? {} : { version }).catch((cause) => {
    if (!(cause instanceof DeltaError)) throw cause;
    throw new ThroughlineError(`${path}: ${cause.message}`, {
      code: 'source_missing',
      exitCode: EXIT.noInput,
      hint: 'source.path names the folder that holds _delta_log; versions go with a vacuum.',
      cause,
    });
  });
}

/** The version is the token: equal ones are equal rows. */
export function deltaFiles({ root, version, metadata }: Snapshot): SourceFiles {
  // A copy of a table has its id.
  return { files: [], token: `delta:${root}:${metadata.id}@${version}` };
}

/** The wanted columns as texts; an optional one that the table does not have is null. */
export async function deltaRelation(
  source: SourceConfig,
  snapshot: Snapshot,
  wanted: readonly string[],
): Promise<Relation & { columns: SourceColumn[] }> {
  const { fields } = snapshot.metadata.schema;
  const path = String([source.path!].flat()[0]);
  const names = fields.map(({ name }) => name);
  requireColumns(path, names, requiredColumns(source, wanted));
  const rows = await relation(snapshot);
  const texts = wanted.map((name) => textSql(name, names));
  return {
    ...rows,
    sql: `(SELECT ${texts.join(', ')} FROM ${rows.sql} AS t)`,
    columns: deltaColumns(snapshot),
  };
}

/** A column as text; null where a version of the table does not have it. */
export function textSql(name: string, there: readonly string[]): string {
  const cell = there.includes(name) ? quoteIdentifier(name) : 'NULL';
  return `CAST(${cell} AS VARCHAR) AS ${quoteIdentifier(name)}`;
}

export function deltaColumns({ metadata }: Snapshot): SourceColumn[] {
  const { fields } = metadata.schema;
  return columnsOfFiles([fields.map(({ name, type }) => ({ name, type: typeOfSpark(type) }))]);
}

/** Of what `deltaFiles` has found. */
export function versionOf({ token }: SourceFiles): number | undefined {
  const version = /^delta:.*@(\d+)$/.exec(token ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
}
