/** Rows of a Delta table, and what a commit did to them: by the files that it added and removed. Memory: DuckDB's limit. */
import {
  type AddFile,
  type FileChange,
  fileKey,
  openTable,
  quoteIdentifier,
  type Relation,
  relation,
  type Snapshot,
} from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import type { Change } from './change-feed.ts';
import { textSql } from './delta-table.ts';

export interface DeltaRows {
  session: Session;
  columns: readonly string[];
  id: string;
}

/** Every row of one version, by id. */
export async function* allRows(snapshot: Snapshot, rows: DeltaRows): AsyncGenerator<Change> {
  await using all = await texts(snapshot, await snapshot.files(), rows);
  yield* upserts(`SELECT * FROM ${all.sql} ORDER BY ${quoteIdentifier(rows.id)}`, rows);
}

/**
 * Deletes of ids that are in removed files and in no added one, then rows of added files that are in no removed one as they are: rows that
 * a commit only wrote anew are no changes. Reads the files of that commit alone.
 */
export async function* changedRows(
  root: string,
  { version, added, removed, dataChange }: FileChange,
  rows: DeltaRows,
): AsyncGenerator<Change> {
  if (!dataChange) return;
  await using after = await filesOf(root, version, added, rows);
  const id = quoteIdentifier(rows.id);
  const ordered = `ORDER BY ${id}`;
  if (removed.length === 0) return yield* upserts(`SELECT * FROM ${after.sql} ${ordered}`, rows);
  await using before = await filesOf(root, version - 1, removed, rows);
  const idsOf = (of: Relation) => `SELECT ${id} FROM ${of.sql} WHERE ${id} IS NOT NULL`;
  for await (const some of rows.session.stream(`${idsOf(before)} EXCEPT ${idsOf(after)} ${ordered}`))
    for (const [gone] of some) yield { kind: 'delete', id: String(gone) };
  yield* upserts(`SELECT * FROM ${after.sql} EXCEPT SELECT * FROM ${before.sql} ${ordered}`, rows);
}

async function filesOf(
  root: string,
  version: number,
  wanted: FileChange['added'] | FileChange['removed'],
  rows: DeltaRows,
): Promise<Relation> {
  const snapshot = await openTable(root, { version });
  const keys = new Set([...wanted].map(fileKey));
  return await texts(
    snapshot,
    (await snapshot.files()).filter((file) => keys.has(fileKey(file))),
    rows,
  );
}

/** The wanted columns as texts; one that the version does not have yet is null. */
async function texts(
  snapshot: Snapshot,
  files: readonly AddFile[],
  { columns }: DeltaRows,
): Promise<Relation> {
  const there = snapshot.metadata.schema.fields.map(({ name }) => name);
  const selected = columns.map((name) => textSql(name, there));
  const found = await relation(snapshot, { files });
  return { ...found, sql: `(SELECT ${selected.join(', ')} FROM ${found.sql} AS t)` };
}

async function* upserts(sql: string, { session, columns }: DeltaRows): AsyncGenerator<Change> {
  for await (const some of session.stream(sql))
    for (const cells of some as (string | null)[][])
      yield {
        kind: 'upsert',
        row: Object.fromEntries(columns.map((column, i) => [column, cells[i]!])),
      };
}
