/** Whether an index needs to hold only what has changed since another version, and what that is. */
import { type AddFile, openTable, type Snapshot, VersionNotFoundError } from '@throughline/delta';
import { changedChunks } from '../lake/changed-chunks.ts';
import type { IndexBase, IndexManifest } from './manifest.ts';

export interface TailPlan {
  base: IndexBase;
  /** What the tail is built of. */
  chunks: string[];
}

/** Past this share of the passages that are new or gone, an index is built whole. */
const MOST_CHANGED = 0.1;

/**
 * The chunks that have changed since the version `base`; undefined where so much has changed that a whole index is better, or
 * where the table's log no longer says what has.
 */
export async function planTail(passages: Snapshot, base: IndexManifest): Promise<TailPlan | undefined> {
  // Another run may have been faster, with a newer version of the table.
  if (base.passagesVersion > passages.version) return undefined;
  try {
    const changed = await changedChunks(passages, base.passagesVersion);
    const before = await openTable(passages.root, { version: base.passagesVersion });
    const [gone, fresh] = [rowsIn(await before.files(), changed), rowsIn(await passages.files(), changed)];
    if (gone.rows + fresh.rows > MOST_CHANGED * base.passages) return undefined;
    return {
      base: { version: base.version, without: [...gone.chunks].sort(), gone: gone.rows },
      chunks: [...fresh.chunks].sort(),
    };
  } catch (error) {
    if (error instanceof VersionNotFoundError) return undefined;
    throw error;
  }
}

function rowsIn(
  files: readonly AddFile[],
  chunks: ReadonlySet<string>,
): { chunks: Set<string>; rows: number } {
  const found = new Set<string>();
  let rows = 0;
  for (const { partitionValues, stats } of files) {
    const chunk = partitionValues._chunk!;
    if (!chunks.has(chunk)) continue;
    found.add(chunk);
    rows += Number(JSON.parse(stats ?? '{}').numRecords ?? Number.POSITIVE_INFINITY);
  }
  return { chunks: found, rows };
}
