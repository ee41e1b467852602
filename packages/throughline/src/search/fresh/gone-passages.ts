/** Which passages the commits of streams have taken away. */
import { type AddFile, type FileChange, type RemoveFile, relation, type Snapshot } from '@throughline/delta';
import { OpenedThings } from '../../opened-things.ts';
import type { Database } from '../database.ts';
import { isKept } from './read-log.ts';

export interface GonePassage {
  passage: string;
  record: string;
}

/**
 * By commit: what the files that it removed hold, but for what the files hold that it wrote anew for the rows that stay. Only the two
 * columns of ids are read, by the database. At most `limit` in all.
 */
export async function gonePassages(
  { connection }: Database,
  snapshot: Snapshot,
  commits: readonly FileChange[],
  limit: number,
): Promise<Map<number, GonePassage[]>> {
  const gone = new Map<number, GonePassage[]>();
  const removing = commits.filter(({ removed }) => removed.length > 0);
  if (removing.length === 0) return gone;
  await using removed = await idsOf(snapshot, removing, ({ removed }) => removed.map(fileOf));
  await using kept = await idsOf(snapshot, removing, ({ added }) => added.filter(isKept));
  const sql = `SELECT r.version, r._passage, r._id FROM ${removed.sql} AS r ANTI JOIN ${kept.sql} AS k
    ON r.version = k.version AND r._passage = k._passage LIMIT ${limit}`;
  for (const row of (await connection.runAndReadAll(sql)).getRowObjectsJS()) {
    const of = gone.get(Number(row.version)) ?? [];
    if (of.length === 0) gone.set(Number(row.version), of);
    of.push({ passage: String(row._passage), record: String(row._id) });
  }
  return gone;
}

function fileOf({ path, partitionValues = {}, size = 0, deletionVector }: RemoveFile): AddFile {
  const file = { path, partitionValues, size, modificationTime: 0, dataChange: true };
  return deletionVector === undefined ? file : { ...file, deletionVector };
}

/** `version, _passage, _id` of some files of each commit. */
async function idsOf(
  snapshot: Snapshot,
  commits: readonly FileChange[],
  filesOf: (commit: FileChange) => readonly AddFile[],
): Promise<{ sql: string } & AsyncDisposable> {
  await using opened = new OpenedThings();
  const parts: string[] = [];
  for (const commit of commits) {
    const rows = opened.use(await relation(snapshot, { files: filesOf(commit) }));
    parts.push(`SELECT ${commit.version} AS version, _passage, _id FROM ${rows.sql} AS t`);
  }
  const held = opened.move();
  return {
    sql: `(${parts.join(' UNION ALL ')})`,
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}
