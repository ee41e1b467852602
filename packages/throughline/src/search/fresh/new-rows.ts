/** The rows that commits of streams have brought, read together: a query for each small file would cost more than its rows. */
import type { AddFile, FileChange, Snapshot } from '@throughline/delta';
import type { IndexedPassage } from '../collections.ts';
import { indexedPassages, type PassagesOptions } from '../indexed-passages.ts';
import { isKept } from './read-log.ts';

function newFiles({ added }: FileChange): AddFile[] {
  return added.filter((file) => !isKept(file));
}

/** How many rows a commit brings, as its statistics say; undefined where they do not. */
export function newRowCount(commit: FileChange): number | undefined {
  const counts = newFiles(commit).map(rowsIn);
  return counts.includes(undefined) ? undefined : (counts as number[]).reduce((sum, count) => sum + count, 0);
}

function rowsIn({ stats, deletionVector }: AddFile): number | undefined {
  const { numRecords } = JSON.parse(stats ?? '{}') as { numRecords?: number };
  return deletionVector ? undefined : numRecords;
}

export interface NewRow {
  /** Version of the commit that brought it. */
  version: number;
  passage: IndexedPassage;
}

/** In the order of the commits, at most 1,024 rows at a time; they are valid until the next ones are asked for. */
export async function* newRows(
  snapshot: Snapshot,
  commits: readonly FileChange[],
  options: PassagesOptions,
): AsyncGenerator<NewRow[]> {
  const counts = commits.map(newRowCount);
  // Which rows are whose is known by their number alone.
  const groups = counts.includes(undefined) ? commits.map((commit) => [commit]) : [commits];
  for (const group of groups) {
    const ends = endsOf(group);
    let [row, which] = [0, 0];
    for await (const batch of indexedPassages(snapshot, group.flatMap(newFiles), options))
      yield batch.map((passage) => {
        while (which < group.length - 1 && row >= ends[which]!) which++;
        row++;
        return { version: group[which]!.version, passage };
      });
  }
}

/** The number of the row after the last one of each commit. */
function endsOf(commits: readonly FileChange[]): number[] {
  let end = 0;
  return commits.map((commit) => {
    end += newRowCount(commit) ?? 0;
    return end;
  });
}
