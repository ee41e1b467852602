import type { DuckDBConnection } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import { fieldOf } from './condition.ts';
import { countRows, createWanted, type RowCount } from './count-rows.ts';
import { withSession } from './duckdb.ts';
import { decodePath } from './file-path.ts';
import { fileKey } from './file-state.ts';
import { rewriteWithout } from './rewrite-without.ts';
import { selectedFiles } from './selected-files.ts';
import type { Snapshot } from './snapshot.ts';
import { openStore } from './store/store.ts';

export interface Without {
  column: string;
  values: ReadonlySet<string>;
}

/** What has to go of the version that was followed last, and what comes for it. */
export interface RewritePlan {
  remove: AddFile[];
  add: AddFile[];
  rowsRemoved: number;
  rowsKept: number;
}

/** The files that hold rows to be removed, and those written for them; remembered from version to version. */
export interface Rewrites {
  /** Searches the files that are new in this version, and writes those anew that need it. */
  follow(snapshot: Snapshot): Promise<void>;
  plan(): RewritePlan;
  /** Deletes what was written and is not part of the plan, or all of it. */
  discard(which: 'unused' | 'all'): Promise<void>;
}

export function openRewrites(without: Without, filesAtOnce: number): Rewrites {
  const { column, values } = without;
  const counts = new Map<string, RowCount>();
  const written = new Map<string, AddFile[]>();
  let root = '';
  let affected: AddFile[] = [];

  const search = async (snapshot: Snapshot): Promise<AddFile[]> => {
    if (values.size === 0) return [];
    const field = fieldOf(column, snapshot.metadata.schema.fields);
    const files = await selectedFiles(snapshot, { where: between(column, values) });
    const fresh = files.filter((file) => !counts.has(fileKey(file)));
    for (const [key, count] of await countRows(snapshot, fresh, field, values)) counts.set(key, count);
    return files.filter((file) => counts.get(fileKey(file))!.found > 0);
  };
  const rewrite = async (snapshot: Snapshot, file: AddFile, connection: DuckDBConnection) => {
    const { rows, found } = counts.get(fileKey(file))!;
    written.set(
      fileKey(file),
      found === rows ? [] : await rewriteWithout(snapshot, file, column, connection),
    );
  };
  const discard = async (which: 'unused' | 'all') => {
    const used = new Set(which === 'all' ? [] : affected.map(fileKey));
    for (const [key, files] of written) {
      if (used.has(key)) continue;
      for (const { path } of files) await openStore(root).remove(decodePath(path));
      written.delete(key);
    }
  };
  return {
    follow: async (snapshot) => {
      root = snapshot.root;
      affected = await search(snapshot);
      const needed = affected.filter((file) => !written.has(fileKey(file)));
      try {
        await eachOf(needed, filesAtOnce, values, (file, connection) => rewrite(snapshot, file, connection));
      } catch (error) {
        await discard('all');
        throw error;
      }
    },
    plan: () => ({
      remove: affected,
      add: affected.flatMap((file) => written.get(fileKey(file))!),
      rowsRemoved: sum(affected, (file) => counts.get(fileKey(file))!.found),
      rowsKept: sum(affected, (file) => counts.get(fileKey(file))!.rows - counts.get(fileKey(file))!.found),
    }),
    discard,
  };
}

/** No file is opened whose statistics say that all of its values are below, or above, every one of these. */
function between(column: string, values: ReadonlySet<string>) {
  const ordered = [...values].map((value) => Buffer.from(value)).sort(Buffer.compare);
  const [least, greatest] = [ordered[0]!.toString(), ordered.at(-1)!.toString()];
  return [
    { column, op: '>=' as const, value: least },
    { column, op: '<=' as const, value: greatest },
  ];
}

/**
 * Each connection has the table WANTED of the values, and one thread. After a failure nothing more is begun; what has begun ends before it is
 * thrown.
 */
async function eachOf(
  files: readonly AddFile[],
  atOnce: number,
  values: ReadonlySet<string>,
  work: (file: AddFile, connection: DuckDBConnection) => Promise<void>,
): Promise<void> {
  const waiting = [...files];
  const takeTurns = async (connection: DuckDBConnection) => {
    try {
      await createWanted(connection, values);
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
        await work(file, connection);
    } catch (error) {
      waiting.length = 0;
      throw error;
    }
  };
  const turns = Math.min(atOnce, files.length);
  const ended = await Promise.allSettled(
    Array.from({ length: turns }, () => withSession(undefined, takeTurns, { oneThread: true })),
  );
  for (const result of ended) if (result.status === 'rejected') throw result.reason;
}

function sum<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}
